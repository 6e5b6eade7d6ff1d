import { decodeText } from '../manifests/decode-text.ts';
import { openManifest, type OpenedManifest } from '../manifests/manifest.ts';
import type { HistorySource, Oid } from '../releases/release.ts';

/** The files of one commit. */
export interface Files {
  fileAt(path: string): Promise<Uint8Array | undefined>;
  /** The same as what stands in it, parsed once however many targets have pins there. */
  manifestAt(path: string): Promise<OpenedManifest | undefined>;
  /** Every file below a folder, sorted by path. */
  filesUnder(
    folder: string,
  ): Promise<readonly { readonly path: string; readonly bytes: Uint8Array }[]>;
}

/**
 * The files as they would stand after a pull request: those of the commit it goes to, with what it changes laid over
 * them. `changed` holds a file's new bytes, or null for one that it removes.
 */
export function layOver(
  source: Pick<HistorySource, 'fileAt' | 'filesUnder' | 'blob'>,
  base: Oid,
  changed: ReadonlyMap<string, Uint8Array | null>,
): Files {
  const opened = new Map<string, Promise<OpenedManifest | undefined>>();
  const fileAt = async (path: string): Promise<Uint8Array | undefined> => {
    const over = changed.get(path);
    if (over !== undefined) return over ?? undefined;
    const file = await source.fileAt(base, path);
    return file && source.blob(file.blob);
  };
  const open = async (path: string): Promise<OpenedManifest | undefined> => {
    const bytes = await fileAt(path);
    const decoded = bytes && decodeText(bytes);
    return decoded?.ok === true ? openManifest(path, decoded.text) : decoded;
  };
  return {
    fileAt,
    manifestAt(path) {
      const manifest = opened.get(path) ?? open(path);
      opened.set(path, manifest);
      return manifest;
    },
    async filesUnder(folder) {
      const below = await source.filesUnder(base, folder);
      const kept = await Promise.all(
        below
          .filter(({ path }) => !changed.has(path))
          .map(async ({ path, blob }) => ({ path, bytes: await source.blob(blob) })),
      );
      const laid = [...changed].flatMap(([path, bytes]) =>
        bytes && path.startsWith(`${folder}/`) ? [{ path, bytes }] : [],
      );
      return [...kept, ...laid].sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
