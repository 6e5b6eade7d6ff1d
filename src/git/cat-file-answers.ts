import type { Oid } from '../releases/release.ts';

/** An object as `git cat-file --batch` answers it. */
export interface GitObject {
  readonly oid: Oid;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** One answer: the object, `missing`, or the size of an object over the limit, whose bytes were dropped. */
export type CatFileAnswer =
  | { readonly kind: 'object'; readonly object: GitObject }
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-big'; readonly size: number };

/** Reads the output of `git cat-file --batch`, chunk by chunk; binary safe. */
export interface CatFileAnswers {
  /** Takes a chunk, calls back once for each answer completed by it. Throws when git does not keep to the format. */
  push(chunk: Uint8Array): void;
}

const NEWLINE = 10;

/** Makes a reader of answers; objects of more than `limit` bytes are not kept. */
export function readCatFileAnswers(
  limit: number,
  answered: (answer: CatFileAnswer) => void,
): CatFileAnswers {
  let header = '';
  let body:
    | {
        readonly oid: Oid;
        readonly type: string;
        readonly size: number;
        readonly bytes?: Uint8Array;
      }
    | undefined;
  let have = 0;

  function endHeader(): void {
    const line = header;
    header = '';
    if (/^\S+ missing$/.test(line)) return answered({ kind: 'missing' });
    const [, oid, type, size] = /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(line) ?? [];
    if (oid === undefined || type === undefined)
      throw new Error(`git cat-file answered "${line.slice(0, 200)}"`);
    have = 0;
    const length = Number(size);
    body = {
      oid,
      type,
      size: length,
      ...(length > limit ? {} : { bytes: new Uint8Array(length) }),
    };
  }

  function endBody(): void {
    if (!body) return;
    const { oid, type, size, bytes } = body;
    body = undefined;
    answered(bytes ? { kind: 'object', object: { oid, type, bytes } } : { kind: 'too-big', size });
  }

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (body) {
          const take = Math.min(body.size - have, chunk.length - at);
          body.bytes?.set(chunk.subarray(at, at + take), have);
          have += take;
          at += take;
          // A newline ends every object.
          if (have < body.size || at === chunk.length) continue;
          at += 1;
          endBody();
        } else {
          const end = chunk.indexOf(NEWLINE, at);
          header += Buffer.from(chunk.subarray(at, end < 0 ? chunk.length : end)).toString(
            'latin1',
          );
          at = end < 0 ? chunk.length : end + 1;
          if (end >= 0) endHeader();
        }
      }
    },
  };
}
