import type { HistorySource, Oid } from '../releases/release.ts';
import type { Repository } from '../rollback/forge.ts';
import type { ChangedFiles, PullFiles } from './pull-files.ts';

/** Where policies and presets are. */
const POLICY_FILE = /^\.lastgood\/.+\.ya?ml$/;

/**
 * The new bytes of every changed file that matters to the check: policies, and files with pins. Where GitHub does not
 * show all changes, each file with pins is looked at, so that nothing hides behind thousands of others.
 */
export async function readChangedFiles(
  github: PullFiles,
  repository: Repository,
  question: {
    readonly head: Oid;
    readonly changed: ChangedFiles;
    /** The files with pins. */
    readonly pinned: ReadonlySet<string>;
    readonly source: Pick<HistorySource, 'fileAt'>;
  },
): Promise<ReadonlyMap<string, Uint8Array | null>> {
  const { head, changed, pinned, source } = question;
  const wanted = new Map(
    changed.files
      .filter(({ path }) => pinned.has(path) || POLICY_FILE.test(path))
      .map(({ path, blob }) => [path, blob] as const),
  );
  if (!changed.complete) {
    for (const path of pinned) {
      const blob = await github.blobAt(repository, head, path);
      const before = await source.fileAt(changed.start, path);
      if (blob !== before?.blob) wanted.set(path, blob);
    }
  }
  const read = new Map<string, Uint8Array | null>();
  for (const [path, blob] of wanted) {
    read.set(path, blob === undefined ? null : await github.blob(repository, blob));
  }
  return read;
}
