import type { Clone } from '../../git/open-clone.ts';
import type { TouchedCommit } from '../../git/read-log.ts';
import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';
import { readDrillMark, type SeenDrill } from './read-drills.ts';
import { readRecord, type SeenRecord } from './read-record.ts';
import type { SeenChange } from './seen.ts';

/** A commit of the default branch that says it is a rollback. */
export interface Candidate {
  readonly commit: Oid;
  readonly parent: Oid | undefined;
  readonly at: Instant;
  readonly author: string;
  readonly committer: string;
  /** A sentence where there is no whole record. */
  readonly record: SeenRecord | string;
}

/** The default branch: which commit comes after which, and those that say they are rollbacks, oldest first. */
export interface SeenBranch {
  readonly order: ReadonlyMap<Oid, number>;
  readonly candidates: readonly Candidate[];
  /** Those that say they are drills, oldest first. */
  readonly drills: readonly SeenDrill[];
}

export async function readBranch(clone: Clone, head: Oid): Promise<SeenBranch> {
  const commits: Oid[] = [];
  const candidates: Candidate[] = [];
  const drills: SeenDrill[] = [];
  for await (const { commit, parents, at, author, committer, message } of clone.log(head)) {
    commits.push(commit);
    const common = { commit, parent: parents[0], at };
    const by = { author: author.email, committer: committer.email };
    const mark = readDrillMark(message);
    if (mark !== undefined) drills.push({ ...common, ...by, mark });
    if (!message.includes('Lastgood-Target:')) continue;
    candidates.push({ ...common, ...by, record: readRecord(message) });
  }
  const order = new Map(commits.reverse().map((commit, i) => [commit, i]));
  return { order, candidates: candidates.reverse(), drills: drills.reverse() };
}

type Change = TouchedCommit['changes'][number];

/** What each of them changed, against its parent. */
export async function readChanges(
  clone: Clone,
  head: Oid,
  trailer: 'Lastgood-Target:' | 'Lastgood-Drill:' = 'Lastgood-Target:',
): Promise<ReadonlyMap<Oid, readonly Change[]>> {
  const found = new Map<Oid, readonly Change[]>();
  for await (const { commit, changes } of clone.changedBy(head, trailer)) {
    found.set(commit, changes);
  }
  return found;
}

/** Files before and after a commit. */
export async function readTexts(
  clone: Clone,
  changes: readonly Change[],
): Promise<readonly SeenChange[]> {
  const read = (blob: Oid | null) => (blob === null ? undefined : textOf(clone, blob));
  return Promise.all(
    changes.map(async ({ path, before, blob }) => ({
      path,
      before: await read(before),
      after: await read(blob),
    })),
  );
}

export async function textOf(clone: Clone, blob: Oid): Promise<string> {
  return Buffer.from(await clone.blob(blob)).toString('utf8');
}
