import type { Clone } from '../../git/open-clone.ts';
import type { Oid } from '../../releases/release.ts';
import { textOf } from './read-candidates.ts';
import { verifyJournal, type SeenCommit, type SeenJournal } from './verify-journal.ts';

const FOLDER = '.lastgood/journal';

/** Reads the journal's branch and checks its chain; an empty one where there is no branch. */
export async function readJournal(clone: Clone, top: Oid | undefined): Promise<SeenJournal> {
  if (top === undefined) return { commits: [], entries: [], app: undefined, violations: [] };
  const commits: SeenCommit[] = [];
  for await (const one of clone.log(top)) {
    const { commit, parents, author, committer, message } = one;
    commits.push({ commit, parents, author: author.email, committer: committer.email, message });
    // What is older is the default branch's, where the journal began.
    if (/^Lastgood-Journal: 1-/m.test(message)) break;
  }
  const files = (await clone.filesUnder(top, FOLDER)).filter(({ path }) => path.endsWith('.jsonl'));
  const texts = await Promise.all(
    files.map(async ({ path, blob }) => [path, await textOf(clone, blob)] as const),
  );
  return verifyJournal(commits, new Map(texts));
}
