import { LARGEST_TEXT } from '../manifests/decode-text.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import type { Repository } from '../rollback/forge.ts';
import type { ChangedFiles, PullFiles } from './pull-files.ts';

/** Where policies and presets are. */
const POLICY_FILE = /^\.lastgood\/.+\.ya?ml$/;

/**
 * So much is read of one pull request, in bytes: whoever has a fork may propose anything, and while it is parsed
 * everybody else waits.
 */
export const MOST_BYTES = 2 * LARGEST_TEXT;

/** The new bytes by path, null for what is removed; or that there is more of it than is read. */
export type ReadFiles =
  { readonly changed: ReadonlyMap<string, Uint8Array | null> } | { readonly tooMuch: true };

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
): Promise<ReadFiles> {
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
  let bytes = 0;
  for (const [path, blob] of wanted) {
    const found = blob === undefined ? undefined : await github.blob(repository, blob);
    bytes += found?.length ?? 0;
    if (bytes > MOST_BYTES) return { tooMuch: true };
    read.set(path, found ?? null);
  }
  return { changed: read };
}
