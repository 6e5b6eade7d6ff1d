import { createHash, hash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { compress } from './compress.ts';
import { encodeDelta } from './delta.ts';
import type { Splice } from './delta.ts';
import { ObjectList } from './object-list.ts';
import { PackFile } from './pack-file.ts';

const TYPES = { commit: 1, tree: 2, blob: 3 } as const;
const OFFSET_DELTA = 6;
/** As git itself: a longer chain is slow to read. */
const MAX_DEPTH = 50;

/** An object of this pack that a later one can be told as a difference from. */
export interface Written {
  /** Which pack: only within one can an object be told as a difference. */
  readonly pack: symbol;
  readonly offset: number;
  readonly length: number;
  readonly depth: number;
}

/** Writes objects as one pack with its index. It becomes part of the repository when finished. */
export class PackWriter {
  readonly #id = Symbol('pack');
  readonly #known: Set<string>;
  readonly #folder: string;
  readonly #draft: string;
  readonly #file: PackFile;
  readonly #objects = new ObjectList();

  /**
   * `objects`: the repository's folder of that name. `known`: the names of the objects that the repository has, bytes
   * as Latin-1; new ones are added to it.
   */
  constructor(objects: string, known: Set<string>) {
    this.#known = known;
    this.#folder = path.join(objects, 'pack');
    mkdirSync(this.#folder, { recursive: true });
    this.#draft = path.join(this.#folder, 'tmp_pack_generated');
    this.#file = new PackFile(this.#draft);
  }

  /**
   * Adds an object unless the repository has it, and answers its name.
   * With a base, only the splices from it are stored; they must make `content` of it.
   */
  add(
    type: keyof typeof TYPES,
    content: Buffer,
    from?: { readonly base: Written | undefined; readonly splices: readonly Splice[] },
  ): { readonly oid: Buffer; readonly written?: Written } {
    const oid = objectName(type, content);
    const name = oid.toString('latin1');
    if (this.#known.has(name)) return { oid };
    this.#known.add(name);
    const offset = this.#file.length;
    const base =
      from?.base?.pack === this.#id && from.base.depth < MAX_DEPTH ? from.base : undefined;
    if (base) {
      const delta = encodeDelta(base.length, from?.splices ?? []);
      this.#put(
        oid,
        [objectHeader(OFFSET_DELTA, delta.length), backwards(offset - base.offset)],
        delta,
      );
    } else {
      this.#put(oid, [objectHeader(TYPES[type], content.length)], content);
    }
    return {
      oid,
      written: { pack: this.#id, offset, length: content.length, depth: base ? base.depth + 1 : 0 },
    };
  }

  finish(): void {
    const checksum = this.#file.finish(this.#objects.size);
    const name = path.join(this.#folder, `pack-${checksum.toString('hex')}`);
    // git finds a pack by its index: the pack has to be there first.
    renameSync(this.#draft, `${name}.pack`);
    writeFileSync(`${name}.idx`, this.#objects.encodeIndex(checksum));
  }

  #put(oid: Buffer, head: readonly Buffer[], content: Buffer): void {
    const bytes = Buffer.concat([...head, compress(content)]);
    this.#objects.add(oid, crc32(bytes), this.#file.length);
    this.#file.append(bytes);
  }
}

function objectName(type: string, content: Buffer): Buffer {
  const head = `${type} ${content.length}\0`;
  // One call is cheaper than a Hash object, unless the content is large to copy.
  if (content.length < 4_096) {
    return hash('sha1', Buffer.concat([Buffer.from(head), content]), 'buffer');
  }
  return createHash('sha1').update(head).update(content).digest();
}

/** Type and size: four bits of the size in the first byte, then seven a byte. */
function objectHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = size >>> 4; rest > 0; rest >>>= 7) {
    bytes.push((bytes.pop() ?? 0) | 128, rest & 127);
  }
  return Buffer.from(bytes);
}

/** The distance back to a base: seven bits a byte, the highest first, each step counted from one. */
function backwards(distance: number): Buffer {
  const bytes = [distance & 127];
  for (let rest = distance >>> 7; rest > 0; rest >>>= 7) {
    rest--;
    bytes.unshift((rest & 127) | 128);
  }
  return Buffer.from(bytes);
}
