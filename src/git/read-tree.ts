import type { Oid } from '../releases/release.ts';

/** One entry of a folder. `mode` as git prints it: `100644`, `100755`, `120000`, `160000`, `040000`. */
export interface TreeEntry {
  readonly name: string;
  readonly mode: string;
  readonly oid: Oid;
}

const OID_BYTES = 20;

/**
 * Reads a tree object. Names are UTF-8; other bytes become U+FFFD. Stops at the first byte that makes no sense, and
 * behind so many entries.
 */
export function readTree(bytes: Uint8Array, most = Infinity): readonly TreeEntry[] {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < raw.length && entries.length < most) {
    const space = raw.indexOf(32, at);
    const nul = raw.indexOf(0, space);
    const end = nul + 1 + OID_BYTES;
    if (space < 0 || nul < 0 || end > raw.length) break;
    entries.push({
      mode: canonicalMode(raw.toString('latin1', at, space)),
      name: raw.toString('utf8', space + 1, nul),
      oid: raw.toString('hex', nul + 1, end),
    });
    at = end;
  }
  return entries;
}

/** Old commits carry modes such as `100664`: git itself shows them as one of five. */
function canonicalMode(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  const kind = bits & 0o170000;
  if (kind === 0o100000) return (bits & 0o100) === 0 ? '100644' : '100755';
  if (kind === 0o120000) return '120000';
  return kind === 0o040000 ? '040000' : '160000';
}

/** Whether a mode is that of a file: plain, executable or a symbolic link, not a folder or a submodule. */
export function isFileMode(mode: string): boolean {
  return mode.startsWith('100') || mode === '120000';
}
