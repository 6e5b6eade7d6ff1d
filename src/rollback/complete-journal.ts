import { readLines, type JournalLine } from '../journal/chain.ts';
import { factsIn } from '../journal/facts.ts';
import { endsFollowing } from '../journal/incident-story.ts';
import { entryFile, JOURNAL_BRANCH } from '../journal/journal-branch.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { PastRollback } from '../decision/decision.ts';
import { completeOutcome } from '../recovery/lost-outcome.ts';
import type { Oid } from '../releases/release.ts';
import { journalGap } from '../texts/journal.ts';
import { insist } from './insist.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** So many incidents are looked for in one request. */
const AT_ONCE = 20;

/** The rollbacks that are over, and whose end is not known to be in the journal, with what came of it. */
function unrecorded({ past }: Workspace, { book }: Ports): readonly [string, PastRollback][] {
  const ended = new Set(book.place.ended);
  return [...past].filter(([branch, { state }]) => state !== 'open' && !ended.has(branch));
}

/** Has the journal completed soon, where something in it may be missing. */
export function completeLater(workspace: Workspace, ports: Ports): void {
  if (unrecorded(workspace, ports).length === 0) return;
  ports.later({ kind: 'journal-gaps', attempts: 1 }, ports.clock());
}

/**
 * Writes the ends of rollbacks that nobody wrote down: the database was lost before they were committed. They are read
 * back from the pull request and from the record in the merge commit; what came of a merge, from what runs.
 */
export async function completeJournal(
  workspace: Workspace,
  ports: Ports,
  attempts: number,
): Promise<void> {
  const doing = {
    due: { kind: 'journal-gaps', attempts },
    what: 'Completing the journal',
  } as const;
  await insist(workspace, ports, doing, async () => {
    const all = unrecorded(workspace, ports);
    const known = new Set(ports.book.place.ended);
    for (let i = 0; i < all.length; i += AT_ONCE) {
      const some = all.slice(i, i + AT_ONCE);
      const paths = some.map(([branch]) => entryFile(branch, 0));
      const { files } = await ports.ownBranch.read(workspace.repository, JOURNAL_BRANCH, paths);
      for (const [branch, past] of some) {
        const lines = readLines(files.get(entryFile(branch, 0)) ?? '');
        if (await complete(workspace, ports, branch, past, lines)) known.add(branch);
      }
    }
    ports.book.settle([...known].filter((branch) => workspace.past.has(branch)));
  });
}

/** Writes what is missing of one; answers whether nothing more has to be. */
async function complete(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  past: PastRollback,
  lines: readonly JournalLine[],
): Promise<boolean> {
  const { state, number, mergedAt } = past;
  const end = lines.find(({ kind }) => kind === (state === 'merged' ? 'merged' : 'closed'));
  const commit = end ? factsIn(end).commit : await rebuild(workspace, ports, branch, past);
  if (commit === undefined || mergedAt === undefined || lines.some(endsFollowing)) return true;
  return completeOutcome(workspace, ports, { branch, number, commit, mergedAt });
}

/** Answers the merge commit, where there is one. */
async function rebuild(
  { repository }: Workspace,
  ports: Ports,
  branch: string,
  { number, state }: PastRollback,
): Promise<Oid | undefined> {
  const pull = await ports.forge.pull(repository, number);
  const about = { repository: fullName(repository), incident: branch, number } as const;
  const rebuilt = true;
  if (pull.state === 'merged' && pull.mergeCommit !== undefined) {
    const { message } = await ports.forge.commit(repository, pull.mergeCommit);
    const reading = readTrailers(message);
    const byApp = pull.traces?.endedByApp ?? false;
    ports.journal.write({
      ...about,
      kind: 'merged',
      at: pull.mergedAt ?? ports.clock(),
      commit: pull.mergeCommit,
      by: byApp ? mergedBy(reading) : 'person',
      ...(reading.ok && { record: reading.record }),
      rebuilt,
      sentence: journalGap(number, 'merged'),
    });
    return pull.mergeCommit;
  }
  if (pull.state === 'closed') {
    ports.journal.write({
      ...about,
      kind: 'closed',
      at: pull.traces?.endedAt ?? ports.clock(),
      by: state === 'closed-by-person' ? 'person' : 'lastgood',
      rebuilt,
      sentence: journalGap(number, 'closed'),
    });
  }
  return undefined;
}

/** What let Lastgood merge, by what the merge commit says. */
function mergedBy(reading: ReturnType<typeof readTrailers>): 'policy' | 'timeout' | 'approval' {
  if (!reading.ok || reading.record.mode !== 'automatic') return 'approval';
  return reading.record.unansweredFor === undefined ? 'policy' : 'timeout';
}
