import type { CommitInfo, Oid } from '../releases/release.ts';
import { targetsSpokenOf } from '../releases/spoken-of.ts';
import type { GitPlace } from './git-environment.ts';
import { streamGit } from './run-git.ts';

/** Finds more than is wanted: every message found is read. */
const SPEAKS = ['--fixed-strings', '--grep=Lastgood-Target:', '--grep=/lastgood/'];

/**
 * See `HistorySource.rollbackCommits`; by one `git log`. Where a shallow clone ends, what came before cannot be known,
 * and is left out: whoever reads changes that far is told.
 */
export async function* rollbacksFromLog(
  sources: {
    readonly place: GitPlace;
    readonly commitInfo: (commit: Oid) => Promise<CommitInfo>;
  },
  target: string,
  from: Oid,
): AsyncGenerator<CommitInfo, void, undefined> {
  const args = ['log', '--first-parent', '--no-color', '--format=tformat:%H', ...SPEAKS];
  let rest = '';
  for await (const chunk of streamGit(sources.place, [...args, from, '--'])) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const commit of lines) {
      const info = await sources.commitInfo(commit);
      if (targetsSpokenOf(`${info.subject}\n\n${info.body}`).includes(target)) yield info;
    }
  }
}
