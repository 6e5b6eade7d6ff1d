import { createHash, type Hash } from 'node:crypto';
import type { Column } from './recording.ts';

/** The name of everything that is replayed: the same for the same samples, in whatever order and how often they came. */
export interface DataDigest {
  /** Counts a series, or a part of one. */
  column(name: string, column: Pick<Column, 'times' | 'values' | 'first' | 'end'>): void;
  /** Counts anything else, by its text. */
  text(text: string): void;
  finish(): string;
}

export function createDigest(): DataDigest {
  const hash = createHash('sha256');
  return {
    column(name, column) {
      hash.update(`\n${JSON.stringify(name)}\n`);
      hashColumn(hash, column);
    },
    text: (text) => void hash.update(`\n${JSON.stringify(text)}\n`),
    finish: () => `sha256:${hash.digest('hex')}`,
  };
}

/** So many samples are hashed at a time. */
const PART = 8_192;

/** Each moment once, with its different values in order. */
function hashColumn(
  hash: Hash,
  { times, values, first, end }: Pick<Column, 'times' | 'values' | 'first' | 'end'>,
): void {
  const part = new Float64Array(2 * PART);
  let length = 0;
  const add = (at: number, value: number): void => {
    part[length] = at;
    part[length + 1] = value;
    length += 2;
    if (length < part.length) return;
    hash.update(new Uint8Array(part.buffer));
    length = 0;
  };
  for (let i = first; i < end;) {
    const at = times[i] ?? 0;
    let next = i + 1;
    while (next < end && times[next] === at) next += 1;
    if (next === i + 1) add(at, values[i] ?? 0);
    else for (const value of new Set(values.slice(i, next).toSorted())) add(at, value);
    i = next;
  }
  hash.update(new Uint8Array(part.buffer, 0, 8 * length));
}
