/**
 * The independent auditor: derives anew from git alone whether every rollback was allowed. It shares no code with what
 * decides, plans, merges and records but for git, the grammar of pins' paths and the reader of policies.
 */
import type { Clone } from '../../git/open-clone.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';
import { checkDrills } from './check-drills.ts';
import { checkSignatures } from './check-signatures.ts';
import { compareJournal, mergedBy, mergesOf, type SeenMerges } from './compare-journal.ts';
import { Ledger } from './ledger.ts';
import { readBranch, readChanges, readTexts, type SeenBranch } from './read-candidates.ts';
import { readJournal } from './read-journal.ts';
import { readSeenPolicies } from './read-policies.ts';
import type { SeenRecord } from './read-record.ts';
import { makeReleases } from './read-releases.ts';
import { readSeenState } from './read-state.ts';
import { GITHUB_ADDRESS } from './verify-journal.ts';
import { verifyRollback } from './verify-rollback.ts';
import type { Violation } from './violation.ts';

export interface Verification {
  readonly head: Oid;
  readonly journal?: Oid;
  /** The mail address of the App, as the journal's first commit names it. */
  readonly app?: string;
  readonly rollbacks: number;
  /** How many merges of drills there are, and of what puts them back. */
  readonly drills: number;
  readonly entries: number;
  /** How many of the App's commits carry a signature. Whether it is valid, `git verify-commit` tells. */
  readonly signed: number;
  readonly violations: readonly Violation[];
}

type PoliciesAt = (commit: Oid) => Promise<PolicySet>;

/** Verifies the history of the default branch from `head` back, and the journal. Its time grows with what there is to read. */
export async function verifyHistory(
  clone: Clone,
  head: Oid,
  now: Instant,
  policiesAt: PoliciesAt,
): Promise<Verification> {
  const top = await clone.branch('lastgood/journal');
  const journal = await readJournal(clone, top);
  const branch = await readBranch(clone, head);
  const merges = mergesOf(journal);
  const rollbacks = await verifyAll(clone, head, branch, merges, policiesAt);
  const beside = compareJournal(branch, journal, merges, now);
  const drills = await checkDrills(branch.drills, {
    app: journal.app,
    github: GITHUB_ADDRESS,
    now,
    policiesAt,
    changes: await readChanges(clone, head, 'Lastgood-Drill:'),
    blobNow: async (path) => (await clone.fileAt(head, path))?.blob,
  });
  const own = [...branch.candidates, ...branch.drills];
  const signatures = await checkSignatures(clone, own, journal);
  return {
    head,
    ...(top !== undefined && { journal: top }),
    ...(journal.app !== undefined && { app: journal.app }),
    rollbacks: branch.candidates.length,
    drills: branch.drills.length,
    entries: journal.entries.length,
    signed: signatures.signed,
    violations: [
      ...rollbacks,
      ...drills,
      ...beside,
      ...signatures.violations,
      ...journal.violations,
    ],
  };
}

/** Each rollback for itself, oldest first. */
async function verifyAll(
  clone: Clone,
  head: Oid,
  branch: SeenBranch,
  merges: SeenMerges,
  policiesAt: PoliciesAt,
): Promise<readonly Violation[]> {
  const whole = branch.candidates.flatMap(({ record, parent, ...rest }) =>
    typeof record === 'string' || parent === undefined ? [] : [{ ...rest, record, parent }],
  );
  const policies = await readSeenPolicies(clone, head, branch, policiesAt);
  const sets = await Promise.all(whole.map(({ parent }) => policies.at(parent)));
  const byTarget = new Map([...new Set(sets)].map((set) => [set, targetsOf(set)]));
  const pins = [...byTarget.values()].flatMap((targets) =>
    [...targets.values()].flatMap((one) => one.pins),
  );
  const files = [...new Set(pins.map(({ file }) => file))];
  const releases = await makeReleases(clone, head, branch, files);
  const changes = await readChanges(clone, head);
  const state = await readSeenState(clone);
  const repairs = new Map(whole.map(({ record }) => [record.bad, record]));
  const ledger = new Ledger();
  const found: Violation[] = [];
  const ahead = readAhead(whole, ({ commit }) => readTexts(clone, changes.get(commit) ?? []));
  for await (const [i, { commit, parent, at, record }, texts] of ahead) {
    const set = sets[i];
    if (!set) continue;
    const policy = byTarget.get(set)?.get(record.target);
    const merged = mergedBy(merges.get(commit));
    const verdict = verifyRollback({
      commit,
      at,
      record,
      changes: texts,
      policy,
      repository: set.repository,
      samePolicy: await policies.stood(record, parent),
      releases: policy ? await releases(policy.pins) : { all: [], indexOf: new Map() },
      ledger,
      marks: state.marks(record.target),
      restrictions: state.restrictionsAt(record.target, at),
      repaired: sameGoal(record, repairs.get(commit)),
      merged,
    });
    found.push(...verdict.violations);
    ledger.enter({ commit, at, record, merged, climbed: verdict.climbed });
  }
  return found;
}

/** So many are read at a time: git answers many questions in the time of one. */
const AT_ONCE = 200;

/** Each of a list with what is read for it, in order. */
async function* readAhead<T, Read>(
  all: readonly T[],
  read: (one: T) => Promise<Read>,
): AsyncGenerator<readonly [number, T, Read]> {
  for (let first = 0; first < all.length; first += AT_ONCE) {
    const some = all.slice(first, first + AT_ONCE);
    const found = await Promise.all(some.map(async (one) => [one, await read(one)] as const));
    for (const [i, [one, texts]] of found.entries()) yield [first + i, one, texts];
  }
}

function targetsOf({ targets }: PolicySet): ReadonlyMap<string, PolicySet['targets'][number]> {
  return new Map(targets.map((one) => [`${one.target.environment}/${one.target.model}`, one]));
}

/** Whether a later rollback goes away from what this one left, to the same versions. */
function sameGoal(record: SeenRecord, later: SeenRecord | undefined): boolean {
  return (
    later !== undefined &&
    later.target === record.target &&
    later.to.size === record.to.size &&
    [...later.to].every(([pin, version]) => record.to.get(pin) === version)
  );
}
