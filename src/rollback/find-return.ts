import type { TargetPolicy } from '../policy/policy.ts';
import { readReleases } from '../releases/read-releases.ts';
import { recallRollbacks } from '../releases/recall-rolled-back.ts';
import type { HistorySource, Oid, Release } from '../releases/release.ts';
import { isRollback, tellRollbacks, type ToldRollback } from '../releases/rolled-back.ts';
import { bringsBack, suspectsOf } from '../releases/suspects.ts';
import { versionsOf, type Versions } from '../releases/versions.ts';
import { relandedCommits, relandOf } from '../state/look-up.ts';
import { stateOf, type Quarantine, type State } from '../state/state.ts';

/** A release that brought a quarantined version back, though nobody let it. */
export interface Return {
  readonly release: Release;
  /** What came back. */
  readonly suspect: Versions;
  /** The commit of the bad release that a rollback went away from; absent: somebody quarantined it. */
  readonly rolledBack?: Oid;
  /** The commits of the releases that rollbacks of this target went away from, newest first. */
  readonly earlier: readonly Oid[];
}

type Asked = Pick<TargetPolicy, 'target' | 'pins'>;

/** The release before the running one may not be readable: so many are looked through. */
const MOST_BEFORE = 10;

/**
 * Whether the release that ran as of a commit brought back what a rollback went away from before, or what somebody had
 * quarantined before, without a reland. A rollback is no return, nor is what ran all along.
 */
export async function findReturn(
  source: HistorySource,
  policy: Asked,
  state: State,
  from: Oid,
): Promise<Return | undefined> {
  const { target, pins } = policy;
  const releases: Release[] = [];
  for await (const release of readReleases(source, pins, from)) {
    releases.push(release);
    const isBefore = releases.length > 1 && release.problems.length === 0;
    if (isBefore || releases.length > MOST_BEFORE) break;
  }
  const [release, ...older] = releases;
  const before = older.find(({ problems }) => problems.length === 0);
  if (!release || !before || release.problems.length > 0 || isRollback(release, target)) {
    return undefined;
  }
  const then = versionsOf(release);
  const came = (suspect: Versions): boolean =>
    bringsBack(then, suspect) && !bringsBack(versionsOf(before), suspect);
  if (relandedCommits(stateOf(state, target)).has(release.commit)) return undefined;
  if (relandOf(state, target, then)) return undefined;
  const recalled = await recallRollbacks(source, policy, release.commit, releases);
  const told = [...tellRollbacks(releases, target), ...recalled];
  const earlier = told.map(({ badCommit }) => badCommit);
  const rollback = told.find((one) => goesAwayFrom(one, came));
  if (rollback?.from) {
    const suspect = suspectsOf(rollback.from, rollback.to);
    return { release, suspect, rolledBack: rollback.badCommit, earlier };
  }
  const mark = stateOf(state, target).quarantine.findLast(
    (one) => wasSaidBefore(one, release) && came(one.pins),
  );
  return mark && { release, suspect: mark.pins, earlier };
}

function goesAwayFrom({ from, to }: ToldRollback, came: (suspect: Versions) => boolean): boolean {
  return from !== undefined && came(suspectsOf(from, to));
}

/** What was quarantined while it ran did not come back. */
function wasSaidBefore({ at }: Quarantine, { at: since }: Release): boolean {
  return at === undefined || at <= since;
}

/** So many earlier incidents of a target are asked whether they were returns as well. */
const MOST_ASKED = 20;

/**
 * Whether a return of the same was answered before: one of the incidents was a return itself. An automation that does
 * it again would go on for ever, so from then on it is for people.
 */
export async function wasAnswered(
  source: HistorySource,
  policy: Asked,
  state: State,
  { release, suspect, earlier }: Return,
  incidents: readonly Oid[],
): Promise<boolean> {
  const others = new Set([...incidents, ...earlier]);
  others.delete(release.commit);
  for (const commit of [...others].slice(0, MOST_ASKED)) {
    // What cannot be looked at counts as an answer: people are asked then, and nothing goes round in circles.
    const found = await findReturn(source, policy, state, commit).catch(() => 'unknown' as const);
    if (found === 'unknown') return true;
    if (found?.release.commit !== commit) continue;
    if (bringsBack(found.suspect, suspect) || bringsBack(suspect, found.suspect)) return true;
  }
  return false;
}
