import { readSquashed } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import { incidentOf } from '../rollback/branch.ts';
import { targetKey, type Target } from '../target.ts';
import type { Oid, Release } from './release.ts';
import { mergedBranch } from './spoken-of.ts';
import { bringsBack, suspectsOf } from './suspects.ts';
import { holdsVersions, modelVersions, versionsOf, type Versions } from './versions.ts';

/** What rollbacks of a target went away from. */
export interface RolledBack {
  /** The commits that brought the bad releases. */
  readonly commits: ReadonlySet<Oid>;
  /** The tuples that ran then. */
  readonly tuples: readonly Versions[];
  /** What is under suspicion since, one each (see `suspects.ts`). */
  readonly suspects: readonly Versions[];
}

/** One rollback, as the release that it brought tells it. */
export interface ToldRollback {
  readonly badCommit: Oid;
  /** The bad tuple; absent when neither the commit nor the history says it. */
  readonly from?: Versions;
  readonly to: Versions;
  /** The release that it brought. */
  readonly release: Pick<Release, 'commit' | 'at' | 'subject'>;
  /** Why, where its commit says so. */
  readonly because?: Pick<RollbackRecord, 'alert' | 'requestedBy' | 'reason'> &
    Partial<Pick<RollbackRecord, 'firstSeen' | 'mode'>>;
  /** Somebody changed the model's version on its branch: it went away from the bad tuple, to another than it says. */
  readonly altered?: true;
}

/** Whether a rollback of the target brought this release. */
export function isRollback(release: Release, target: Target): boolean {
  const told = tellRollback(release, target, []);
  return told !== undefined && !told.altered;
}

/** The rollbacks among these releases, newest first. Releases older than a rollback say what its commit leaves out. */
export function tellRollbacks(
  releases: readonly Release[],
  target: Target,
): readonly ToldRollback[] {
  return releases.flatMap((release) => tellRollback(release, target, releases) ?? []);
}

/** What these rollbacks went away from. */
export function rolledBackFrom(told: readonly ToldRollback[]): RolledBack {
  return {
    commits: new Set(told.map(({ badCommit }) => badCommit)),
    tuples: told.flatMap(({ from }) => (from ? [from] : [])),
    suspects: told.flatMap(({ from, to }) => (from ? [suspectsOf(from, to)] : [])),
  };
}

/**
 * The rollback that brought a release. A commit's trailers count when they are complete, name this target, and the
 * release is what they say it became, or at least not what they say was bad: a person may merge what somebody pushed
 * onto the branch, and what was left is bad all the same. A message copied to a commit that keeps or brings back the
 * bad release proves nothing. `older` may hold the bad release, for a merge commit that names its branch only.
 */
export function tellRollback(
  release: Release,
  target: Target,
  older: readonly Release[],
): ToldRollback | undefined {
  const reading = readSquashed(release.body);
  if (reading.ok) {
    const { record } = reading;
    if (targetKey(record.target) !== targetKey(target)) return undefined;
    // The model's versions suffice: somebody may have changed another pin while the rollback merged.
    const became = release.problems.length > 0 || holdsVersions(release, modelVersions(record.to));
    const { badCommit, from, to } = record;
    if (became) return { badCommit, from, to, release: named(release), because: record };
    if (bringsBack(versionsOf(release), suspectsOf(from, to))) return undefined;
    return { badCommit, from, to, release: named(release), because: record, altered: true };
  }
  const branch = mergedBranch(release.subject);
  const incident = branch === undefined ? undefined : incidentOf(branch);
  if (!incident || targetKey(incident.target) !== targetKey(target)) return undefined;
  const { badCommit } = incident;
  const bad = older.find(({ commit }) => commit === badCommit);
  const readable = bad && bad.problems.length === 0;
  return {
    badCommit,
    ...(readable && { from: versionsOf(bad) }),
    to: versionsOf(release),
    release: named(release),
  };
}

function named({ commit, at, subject }: Release): ToldRollback['release'] {
  return { commit, at, subject };
}
