import type { PastRollback } from '../decision/decision.ts';
import type { Oid } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { ranAt, type Timeline } from './timeline.ts';

/** A rollback that did not happen, and would have. */
export interface Simulated {
  /** From 1. */
  readonly number: number;
  readonly target: TargetKey;
  readonly badCommit: Oid;
  readonly at: Instant;
  /** When it would have merged by itself; absent while it waits for review. */
  mergedAt?: Instant;
  /** What it went away from. */
  readonly suspect: Versions;
}

/** The rollbacks as a decision at a moment would have known them. */
export function pastAt(
  simulated: readonly Simulated[],
  timelines: ReadonlyMap<TargetKey, Timeline>,
  now: Instant,
): readonly PastRollback[] {
  const would = simulated.map(({ number, target, badCommit, at, mergedAt }): PastRollback => {
    const base = { target, badCommit, number, openedAt: at } as const;
    if (mergedAt !== undefined) return { ...base, state: 'merged', mergedAt, automatic: true };
    const timeline = timelines.get(target);
    const runs = timeline && ranAt(timeline, now)?.release.commit === badCommit;
    return { ...base, state: runs ? 'open' : 'closed-by-lastgood', automatic: false };
  });
  const known = new Set(simulated.map(({ target, badCommit }) => `${target} ${badCommit}`));
  const real = [...timelines].flatMap(([target, { rollbacks }]) =>
    rollbacks
      .filter(({ at, badCommit }) => at <= now && !known.has(`${target} ${badCommit}`))
      .map(({ badCommit, at, automatic }): PastRollback => ({
        target,
        badCommit,
        number: 0,
        openedAt: at,
        state: 'merged',
        mergedAt: at,
        automatic,
      })),
  );
  return [...would, ...real];
}
