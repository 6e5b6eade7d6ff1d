/** Where a new version of an object differs from the one before: bytes replaced by as many or other bytes. */
export interface Splice {
  /** First byte that differs. */
  readonly at: number;
  /** How many bytes of the old version go. */
  readonly remove: number;
  readonly insert: Buffer;
}

/** One splice that makes `next` of `previous`: all between their common beginning and their common end. */
export function findSplice(previous: Buffer, next: Buffer): Splice {
  const shorter = Math.min(previous.length, next.length);
  let at = 0;
  while (at < shorter && previous[at] === next[at]) at++;
  let same = 0;
  while (same < shorter - at && previous.at(-1 - same) === next.at(-1 - same)) same++;
  return {
    at,
    remove: previous.length - at - same,
    insert: next.subarray(at, next.length - same),
  };
}

/** Writes splices, in order and apart, as git's delta: https://git-scm.com/docs/pack-format#_deltified_representation */
export function encodeDelta(baseLength: number, splices: readonly Splice[]): Buffer {
  const grown = splices.reduce((sum, { insert, remove }) => sum + insert.length - remove, 0);
  const bytes = [...sizeBytes(baseLength), ...sizeBytes(baseLength + grown)];
  let at = 0;
  for (const splice of splices) {
    copy(bytes, at, splice.at - at);
    for (let i = 0; i < splice.insert.length; i += 127) {
      const part = splice.insert.subarray(i, i + 127);
      bytes.push(part.length, ...part);
    }
    at = splice.at + splice.remove;
  }
  copy(bytes, at, baseLength - at);
  return Buffer.from(bytes);
}

/** Seven bits a byte, the lowest first. */
function sizeBytes(size: number): number[] {
  const bytes = [];
  let rest = size;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

function copy(bytes: number[], from: number, length: number): void {
  for (let done = 0; done < length; done += 0xff_ff) {
    const offset = from + done;
    const size = Math.min(0xff_ff, length - done);
    const at = bytes.push(0x80) - 1;
    let command = 0x80;
    for (let i = 0; i < 4; i++) {
      const byte = (offset >>> (8 * i)) & 255;
      if (byte === 0) continue;
      command |= 1 << i;
      bytes.push(byte);
    }
    for (let i = 0; i < 2; i++) {
      const byte = (size >>> (8 * i)) & 255;
      if (byte === 0) continue;
      command |= 0x10 << i;
      bytes.push(byte);
    }
    bytes[at] = command;
  }
}
