import { incidentOf } from '../rollback/branch.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { PinId } from '../manifests/pin.ts';
import { targetKey, type Target } from '../target.ts';
import type { Oid, Release } from './release.ts';
import { holdsVersions, modelVersions, versionsOf, type Versions } from './versions.ts';

/** What rollbacks of a target went away from. */
export interface RolledBack {
  /** The commits that brought the bad releases. */
  readonly commits: ReadonlySet<Oid>;
  /** The tuples that ran then. */
  readonly tuples: readonly Versions[];
  /** The versions under suspicion: the model's where the rollback changed them, else every version it changed. */
  readonly versions: readonly { readonly pin: PinId; readonly version: string }[];
}

/** A rollback as the commit that brought a release tells it. */
interface ToldRollback {
  readonly badCommit: Oid;
  readonly from?: Versions;
  readonly to?: Versions;
}

/** Whether a rollback of the target brought this release. */
export function isRollback(release: Release, target: Target): boolean {
  return toldRollback(release, target) !== undefined;
}

/** What the rollbacks among these releases went away from. Releases older than a rollback say what its commit leaves out. */
export function rolledBackFrom(releases: readonly Release[], target: Target): RolledBack {
  const commits = new Set<Oid>();
  const tuples: Versions[] = [];
  const versions: { pin: PinId; version: string }[] = [];
  for (const release of releases) {
    const told = toldRollback(release, target);
    if (!told) continue;
    commits.add(told.badCommit);
    const bad = releases.find(({ commit }) => commit === told.badCommit);
    const from = told.from ?? (bad && bad.problems.length === 0 ? versionsOf(bad) : undefined);
    if (!from) continue;
    tuples.push(from);
    versions.push(...suspects(from, told.to ?? versionsOf(release)));
  }
  return { commits, tuples, versions };
}

/**
 * A commit's trailers count when they are complete, name this target, and the release is what they say it became:
 * a message copied to another commit proves nothing. A person who presses GitHub's merge button leaves no trailers
 * in the merge commit, but GitHub names the branch, and a rollback's branch names its incident.
 */
function toldRollback(release: Release, target: Target): ToldRollback | undefined {
  const reading = readTrailers(release.body);
  if (reading.ok) {
    const { record } = reading;
    if (targetKey(record.target) !== targetKey(target)) return undefined;
    // The model's versions suffice: somebody may have changed another pin while the rollback merged.
    const became = release.problems.length > 0 || holdsVersions(release, modelVersions(record.to));
    return became ? record : undefined;
  }
  const branch = /^Merge pull request #\d+ from [^/\s]+\/(\S+)$/.exec(release.subject)?.[1];
  const incident = branch === undefined ? undefined : incidentOf(branch);
  if (!incident || targetKey(incident.target) !== targetKey(target)) return undefined;
  return { badCommit: incident.badCommit };
}

function suspects(from: Versions, to: Versions): { pin: PinId; version: string }[] {
  const changed = Object.fromEntries(
    Object.entries(from).filter(([pin, version]) => to[pin] !== version),
  );
  return Object.entries(modelVersions(changed)).map(([pin, version]) => ({ pin, version }));
}
