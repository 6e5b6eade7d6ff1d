import { readDrillTrailers } from '../drill/drill-trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { chooseLastGood, runsModel } from './choose-last-good.ts';
import { readReleases } from './read-releases.ts';
import type { HistorySource, Oid, Release } from './release.ts';
import { recallRollbacks } from './recall-rolled-back.ts';
import { isRollback, rolledBackFrom, tellRollbacks, type ToldRollback } from './rolled-back.ts';
import type { Baseline, Marks, Requested, Selection } from './selection.ts';

/** How far back a version or a baseline that somebody named is searched for, in releases. */
const SEARCH_LIMIT = 500;

export interface LastGoodQuestion {
  readonly policy: Pick<TargetPolicy, 'target' | 'pins' | 'goal' | 'fallback'>;
  /** The commit whose history counts: the head of the default branch, or an earlier one for "as of then". */
  readonly from: Oid;
  readonly now: Instant;
  readonly requested?: Requested;
  readonly baseline?: Baseline;
  readonly marks?: Marks;
}

export interface LastGood {
  /** What runs; its problems say why nobody knows. */
  readonly running: Release;
  readonly runningIsRollback: boolean;
  /** The releases that were read, newest first, the running one included. */
  readonly releases: readonly Release[];
  readonly selection: Selection;
}

/**
 * Reads as much history as the choice needs, and chooses. That is one release more than the policy's depth, whatever
 * the length of the history; for a version or a baseline that somebody named, as far back as it stands. Rollbacks count
 * however long ago they were.
 */
export async function findLastGood(
  source: HistorySource,
  question: LastGoodQuestion,
): Promise<LastGood> {
  const { policy, from, now, requested, baseline, marks } = question;
  const { target, pins } = policy;
  const releases: Release[] = [];
  let recalled: readonly ToldRollback[] | undefined;
  const select = async (): Promise<Selection> => {
    recalled ??= await recallRollbacks(source, policy, from, releases);
    const rolledBack = rolledBackFrom([...tellRollbacks(releases, target), ...recalled]);
    return chooseLastGood({
      releases,
      policy,
      rolledBack,
      now,
      ...(requested && { requested }),
      ...(baseline && { baseline }),
      ...(marks && { marks }),
    });
  };
  const isNamed = (release: Release): boolean =>
    (requested !== undefined && runsModel(release, requested.version)) ||
    release.commit === baseline?.commit;

  const window = policy.goal.maxDepth + 2;
  const limit = requested || baseline ? Math.max(window, SEARCH_LIMIT) : window;
  let named = false;
  for await (const release of readReleases(source, pins, from)) {
    releases.push(release);
    if (release.problems.length > 0 && releases.length === 1) break;
    named ||= releases.length > 1 && isNamed(release);
    if (releases.length >= limit) break;
    if (releases.length >= window && named && isSettled(await select())) break;
  }
  const [running] = releases;
  if (!running) throw new Error(`No history for ${target.model} as of ${from}.`);
  const runningIsRollback = isRollback(running, target) || isDrilled(running, target);
  return { running, runningIsRollback, releases, selection: await select() };
}

/** Whether what somebody named was found, so that reading on cannot change the choice. */
function isSettled(selection: Selection): boolean {
  return selection.kind === 'release' && selection.how !== 'newest-good';
}

/** Whether a drill brought what runs, and nothing put back what ran before. */
function isDrilled(running: Release, target: LastGoodQuestion['policy']['target']): boolean {
  const mark = readDrillTrailers(running.body);
  return mark?.part === 'there' && targetKey(mark.target) === targetKey(target);
}
