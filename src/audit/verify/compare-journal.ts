import type { Oid } from '../../releases/release.ts';
import { MINUTE, type Instant } from '../../time.ts';
import type { SeenBranch } from './read-candidates.ts';
import type { SeenRecord } from './read-record.ts';
import type { MergedBy } from './seen.ts';
import { GITHUB_ADDRESS, type SeenJournal } from './verify-journal.ts';
import type { Violation } from './violation.ts';

/** So long after a merge its entry may be on its way. */
const GRACE = 15 * MINUTE;

type Facts = Readonly<Record<string, unknown>>;

/** What the journal says of merges, by commit. */
export type SeenMerges = ReadonlyMap<Oid, Facts>;

export function mergesOf({ entries }: SeenJournal): SeenMerges {
  return new Map(
    entries.flatMap(({ kind, facts }) =>
      kind === 'merged' && typeof facts['commit'] === 'string' ? [[facts['commit'], facts]] : [],
    ),
  );
}

export function mergedBy(facts: Facts | undefined): MergedBy {
  const by = facts?.['by'];
  return by === 'policy' || by === 'timeout' || by === 'approval' || by === 'person'
    ? by
    : 'unknown';
}

/** Holds the default branch and the journal against each other. Pure. */
export function compareJournal(
  { candidates, order }: SeenBranch,
  journal: SeenJournal,
  merges: SeenMerges,
  now: Instant,
): readonly Violation[] {
  const found: Violation[] = [];
  const own = new Set<Oid>();
  for (const { commit, at, author, committer, record } of candidates) {
    own.add(commit);
    const say = (kind: Violation['kind'], what: string): void =>
      void found.push({ kind, commit, sentence: `${commit.slice(0, 12)} ${what}.` });
    if (typeof record === 'string') {
      say('record-broken', `looks like a rollback, and its record is none: ${record}`);
      continue;
    }
    const facts = merges.get(commit);
    const byPerson = mergedBy(facts) === 'person';
    const byApp = committer === GITHUB_ADDRESS && author === journal.app;
    if (journal.app !== undefined && !byApp && !byPerson) {
      say('not-the-app', `says that Lastgood made it, and it is ${author}'s`);
    }
    if (!facts) {
      if (now - at > GRACE) say('journal-missing', 'is a rollback that the journal does not have');
    } else if (differs(facts['record'], record)) {
      say('journal-differs', 'has another record than the journal has of it');
    }
  }
  for (const [commit, facts] of merges) {
    if (own.has(commit)) continue;
    const there = order.has(commit);
    if (there && mergedBy(facts) === 'person') continue;
    const short = commit.slice(0, 12);
    found.push(
      there
        ? {
            kind: 'record-broken',
            commit,
            sentence: `${short} is a rollback of the journal's, and its record is gone.`,
          }
        : {
            kind: 'journal-unfounded',
            commit,
            sentence: `The journal has ${short} merged, and the default branch does not have it.`,
          },
    );
  }
  return found;
}

/** Whether the journal has something else of a merge than its commit says; a person's merge may have no record there. */
function differs(kept: unknown, record: SeenRecord): boolean {
  if (typeof kept !== 'object' || kept === null) return false;
  const { mode, bad, from, to, approvedBy, rung, tries } = kept as Facts;
  const approvers = Array.isArray(approvedBy) ? approvedBy : [];
  const ids = approvers.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'id' in one ? one.id : undefined,
  );
  return (
    mode !== record.mode ||
    bad !== record.bad ||
    (rung ?? 1) !== record.rung.number ||
    (tries ?? 'release') !== record.rung.takes ||
    !sameVersions(from, record.from) ||
    !sameVersions(to, record.to) ||
    JSON.stringify(ids) !== JSON.stringify(record.approvers.map(({ id }) => id))
  );
}

function sameVersions(kept: unknown, versions: ReadonlyMap<string, string>): boolean {
  if (typeof kept !== 'object' || kept === null) return false;
  const all = Object.entries(kept);
  return all.length === versions.size && all.every(([pin, one]) => versions.get(pin) === one);
}
