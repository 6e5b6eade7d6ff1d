/**
 * Writes what waits to the journal's branch.
 *
 * The races: the process dies between the commit and the note that it was made; somebody else writes to the branch,
 * moves or deletes it; another replica wrote meanwhile; GitHub refuses or is down.
 *
 * What must hold: no entry is lost, and none stands there twice; what stands there is never changed; no rollback waits
 * for it; what somebody else wrote is no part of the chain, and is told.
 *
 * How: entries wait in the store until they are known to be there. A commit is made only on the head that was read, and
 * an entry whose name stands in the file already is left out. The chain goes on from the newest commit that is known
 * to be Lastgood's own.
 */
import { GENESIS, type Link } from '../journal/chain.ts';
import { JOURNAL_BRANCH, JOURNAL_FOLDER } from '../journal/journal-branch.ts';
import { filesOf, planCommit } from '../journal/plan-commit.ts';
import type { JournalRecord } from '../journal/record.ts';
import type { Oid } from '../releases/release.ts';
import { isOwnCommit, type BranchCommit } from '../state/own-branch.ts';
import { failureSentence } from '../texts/failure.ts';
import { journalForbidden, tamperedSentence } from '../texts/journal.ts';
import { MINUTE, SECOND } from '../time.ts';
import { backOff, isPassing } from './insist.ts';
import { linkReportsLater } from './link-report.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** So many entries are one commit, in so many files. */
const MOST_ENTRIES = 100;
const MOST_FILES = 20;
/** So often a failure that may pass is not told. */
const WORTH_A_WORD = 4;
/** So often somebody else may be first. */
const TRIES = 5;
/** What GitHub refuses for good is tried again after so long: people may have set it right. */
const REFUSED = 30 * MINUTE;

/** Writes the entries that are due, in one commit; the rest follows in another turn. Never throws but for a turn that is over. */
export async function flushJournal(
  workspace: Workspace,
  ports: Ports,
  attempts: number,
): Promise<void> {
  const { book } = ports;
  const batch = take(book.due(ports.clock()));
  // The timer's clock and this one may differ a little.
  if (batch.length === 0) return ports.book.arm();
  try {
    const outcome = await write(workspace, ports, batch);
    if (outcome === 'written') return;
    const sentence = journalForbidden(book.waiting(), outcome.message);
    postpone(workspace, ports, attempts, REFUSED, sentence, new Error(outcome.message));
  } catch (error) {
    ports.signal.throwIfAborted();
    const wait = backOff(15 * SECOND, attempts);
    const after = isPassing(error) ? Math.max(error.after, wait) : Math.max(wait, 5 * MINUTE);
    // Nobody waits for it, and what passes by itself would only fill what it waits to write.
    if (isPassing(error) && attempts < WORTH_A_WORD) {
      return book.postponed(attempts, ports.clock() + after);
    }
    const sentence = failureSentence('Writing the journal', error, after);
    postpone(workspace, ports, attempts, after, sentence, error);
  }
}

function postpone(
  { repository }: Workspace,
  ports: Ports,
  attempts: number,
  after: number,
  sentence: string,
  error: unknown,
): void {
  const at = ports.clock();
  ports.journal.write({ kind: 'failed', at, repository: fullName(repository), sentence, error });
  ports.book.postponed(attempts, at + after);
}

function take(due: readonly JournalRecord[]): readonly JournalRecord[] {
  const batch = due.slice(0, MOST_ENTRIES);
  const last = batch.findIndex((_, i) => filesOf(batch.slice(0, i + 1)).length > MOST_FILES);
  return last < 0 ? batch : batch.slice(0, last);
}

async function write(
  workspace: Workspace,
  ports: Ports,
  batch: readonly JournalRecord[],
): Promise<'written' | { readonly message: string }> {
  const { repository, manifests } = workspace;
  const ids = batch.map(({ id }) => id);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const { head, files } = await ports.ownBranch.read(repository, JOURNAL_BRANCH, filesOf(batch));
    const { link, trusted } = await findEnd(workspace, ports, head);
    const commit = planCommit(batch, files, link, trusted);
    if (!commit) {
      linkReportsLater(ports, batch);
      ports.book.written(ids, head === undefined ? undefined : { commit: head, link });
      return 'written';
    }
    const { commit: from } = await manifests.head();
    const written = await ports.ownBranch.write(repository, {
      branch: JOURNAL_BRANCH,
      expected: head,
      from,
      headline: commit.headline,
      body: commit.body,
      files: { ...(link.seq === 0 ? await foreign(workspace, from) : {}), ...commit.files },
    });
    if (written.kind === 'forbidden') return written;
    if (written.kind === 'conflict') continue;
    linkReportsLater(ports, batch);
    ports.book.written(ids, { commit: written.commit, link: commit.link });
    return 'written';
  }
  return { message: 'Others write to it all the time.' };
}

/** Files in the journal's place on the default branch, where nothing of Lastgood's stands: the branch begins without them. */
async function foreign(
  { manifests }: Workspace,
  from: Oid,
): Promise<Readonly<Record<string, null>>> {
  const found = await manifests.filesUnder(from, JOURNAL_FOLDER);
  return Object.fromEntries(found.map(({ path }) => [path, null]));
}

/** Where the chain ends, and whether nobody else wrote to the branch since that was last known. */
async function findEnd(
  workspace: Workspace,
  ports: Ports,
  head: Oid | undefined,
): Promise<{ readonly link: Link; readonly trusted: boolean }> {
  const { repository } = workspace;
  const known = ports.book.place.head;
  if (known && head === known.commit) return { link: known.link, trusted: true };
  if (head === undefined) {
    if (known) tamper(workspace, ports, undefined);
    return { link: known?.link ?? GENESIS, trusted: !known };
  }
  const commits = await ports.ownBranch.newest(repository, JOURNAL_BRANCH);
  const { account } = await ports.self(repository);
  const others: BranchCommit[] = [];
  let link: Link | undefined;
  let reached = false;
  for (const commit of commits) {
    reached = commit.oid === known?.commit;
    if (reached) break;
    const said = isOwnCommit(commit, account) ? readEnd(commit.message) : undefined;
    const brought = said ? await ports.ownBranch.broughtBy(repository, commit.oid) : [];
    if (!said || brought.length > 0) others.push(commit);
    else link ??= said;
    if (said && !known) break;
  }
  link ??= known?.link;
  if (!link && (await isFresh(workspace, ports))) return { link: GENESIS, trusted: true };
  if (known && !reached) {
    tamper(workspace, ports, undefined);
    return { link: known.link, trusted: false };
  }
  for (const commit of others) tamper(workspace, ports, commit);
  return { link: link ?? GENESIS, trusted: others.length === 0 };
}

/** Whether the branch was begun, and nothing written to it: a process died between the two. */
async function isFresh({ repository, manifests }: Workspace, ports: Ports): Promise<boolean> {
  const { commit } = await manifests.head();
  const since = await ports.ownBranch.commitsSince(repository, JOURNAL_BRANCH, commit);
  return since.commits.length === 0;
}

/** The end of the chain as a commit of Lastgood's names it. */
function readEnd(message: string): Link | undefined {
  const seq = /^Lastgood-Journal: \d+-(\d{1,15})$/m.exec(message)?.[1];
  const hash = /^Lastgood-Last: ([0-9a-f]{64})$/m.exec(message)?.[1];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

function tamper({ repository }: Workspace, ports: Ports, commit: BranchCommit | undefined): void {
  const login = commit?.author?.login ?? commit?.committer?.login;
  ports.journal.write({
    kind: 'tampered',
    at: ports.clock(),
    repository: fullName(repository),
    sentence: tamperedSentence(login, commit?.oid),
    ...(commit && { commit: commit.oid }),
    ...(login !== undefined && { login }),
  });
}
