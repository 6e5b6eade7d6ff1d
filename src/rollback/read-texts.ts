import { decodeText } from '../manifests/decode-text.ts';
import type { SourceFile } from '../policy/load.ts';
import type { HistorySource, Oid } from '../releases/release.ts';

/** So many files are in memory at once as git has them, whatever their size. */
const AT_ONCE = 4;

/** So many characters of policies, or of state files, are read together. */
export const MOST_TEXT = 64 * 1024 * 1024;

/**
 * The texts of some files. One that is no text, or too large to be one, reads as a NUL byte: nothing can be made of it,
 * and whoever reads it says so. Throws when there is more of it than anybody writes: whoever may push must not be able
 * to fill the memory, which is everybody's.
 */
export async function readTexts(
  source: Pick<HistorySource, 'blob'>,
  files: readonly { readonly path: string; readonly blob: Oid }[],
  most: number = MOST_TEXT,
): Promise<readonly SourceFile[]> {
  const read: SourceFile[] = [];
  let length = 0;
  for (let first = 0; first < files.length; first += AT_ONCE) {
    const some = await Promise.all(
      files.slice(first, first + AT_ONCE).map(async ({ path, blob }) => ({
        path,
        text: await textOf(source, blob),
      })),
    );
    for (const one of some) {
      length += one.text.length;
      if (length > most) {
        throw new Error(
          `The files have more than ${most} characters together, and no more is read. Take out what does not belong there.`,
        );
      }
      read.push(one);
    }
  }
  return read;
}

async function textOf(source: Pick<HistorySource, 'blob'>, blob: Oid): Promise<string> {
  try {
    const decoded = decodeText(await source.blob(blob));
    return decoded.ok ? decoded.text : '\0';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'too-big') return '\0';
    throw error;
  }
}
