import type { Span } from '../monitors/series.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { recallRollbacks } from '../releases/recall-rolled-back.ts';
import { readReleases } from '../releases/read-releases.ts';
import type { HistorySource, Oid, Release } from '../releases/release.ts';
import { isRollback, tellRollbacks } from '../releases/rolled-back.ts';
import type { Instant } from '../time.ts';
import { lastUpTo } from './last-up-to.ts';

/** A release as it ran. */
export interface Ran {
  readonly release: Release;
  /** Since when it ran. Never before the release before it did, though committer dates may go backwards. */
  readonly from: Instant;
  /** Until when; absent while it runs. */
  readonly until?: Instant;
  /** Whether a rollback of Lastgood brought it. */
  readonly isRollback: boolean;
}

/** A rollback that really happened. */
export interface RealRollback {
  readonly badCommit: Oid;
  /** When it was first seen that the release is bad, where its commit says so. */
  readonly firstSeen?: Instant;
  readonly at: Instant;
  readonly automatic: boolean;
}

/** What ran of a target, oldest first, and the rollbacks that really happened to it. */
export interface Timeline {
  readonly ran: readonly Ran[];
  readonly rollbacks: readonly RealRollback[];
}

/** Reads what ran in a span, from the release that its beginning found on. */
export async function readTimeline(
  source: HistorySource,
  policy: Pick<TargetPolicy, 'target' | 'pins'>,
  from: Oid,
  span: Span,
): Promise<Timeline> {
  const releases: Release[] = [];
  for await (const release of readReleases(source, policy.pins, from)) {
    releases.push(release);
    if (release.at <= span.from) break;
  }
  const began: Instant[] = [];
  for (const release of releases.toReversed()) {
    began.push(Math.max(began.at(-1) ?? Number.NEGATIVE_INFINITY, release.at));
  }
  const ran = releases.toReversed().map((release, i): Ran => {
    const until = began[i + 1];
    return {
      release,
      from: began[i] ?? release.at,
      ...(until !== undefined && { until }),
      isRollback: isRollback(release, policy.target),
    };
  });
  const told = [
    ...tellRollbacks(releases, policy.target),
    ...(await recallRollbacks(source, policy, from, releases)),
  ];
  const rollbacks = told.map(({ badCommit, release, because }): RealRollback => ({
    badCommit,
    ...(because?.firstSeen !== undefined && { firstSeen: because.firstSeen }),
    at: release.at,
    automatic: because?.mode === 'automatic',
  }));
  return { ran, rollbacks: rollbacks.toSorted((a, b) => a.at - b.at) };
}

/** What ran at a moment; undefined before anything did. Nothing that came later is looked at. */
export function ranAt({ ran }: Pick<Timeline, 'ran'>, at: Instant): Ran | undefined {
  return ran[lastUpTo(ran, at, ({ from }) => from)];
}

/** A release as it was known while it ran: when it would end was not. */
export function asOfThen({ release, from }: Ran): Release {
  const { until: _, ...known } = release;
  return { ...known, at: from };
}
