import type { Clone } from '../../git/open-clone.ts';
import type { Oid } from '../../releases/release.ts';
import type { Candidate } from './read-candidates.ts';
import type { SeenJournal } from './verify-journal.ts';
import type { Violation } from './violation.ts';

/** GitHub signs all commits of an App, or none of this server's: one that lacks it among others is not the App's. */
export async function checkSignatures(
  clone: Clone,
  candidates: readonly Pick<Candidate, 'commit' | 'author'>[],
  { app, commits: journal }: SeenJournal,
): Promise<{ readonly signed: number; readonly violations: readonly Violation[] }> {
  if (app === undefined) return { signed: 0, violations: [] };
  const own = [...candidates, ...journal].filter(({ author }) => author === app);
  const all = [...new Set(own.map(({ commit }) => commit))];
  const signed = new Set<Oid>();
  await Promise.all(
    all.map(async (commit) => {
      const text = Buffer.from(await clone.commitBytes(commit)).toString('latin1');
      if (/^gpgsig /m.test(text.slice(0, text.indexOf('\n\n')))) signed.add(commit);
    }),
  );
  if (signed.size === 0) return { signed: 0, violations: [] };
  const violations = all
    .filter((commit) => !signed.has(commit))
    .map((commit): Violation => ({
      kind: 'unsigned',
      commit,
      sentence: `${commit.slice(0, 12)} names the App as its author, and is not signed as its other commits are.`,
    }));
  return { signed: signed.size, violations };
}
