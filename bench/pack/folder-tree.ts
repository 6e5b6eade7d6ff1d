import { findSplice } from './delta.ts';
import type { PackWriter, Written } from './pack-writer.ts';

interface Entry {
  readonly name: string;
  readonly child: Folder | File;
}

interface File {
  readonly content: Buffer;
  readonly oid: Buffer;
  readonly written?: Written | undefined;
}

/**
 * A folder as git sees it, made for many small changes to a wide folder: its tree object is kept, and a change
 * replaces the twenty bytes of one name in it.
 */
export class Folder {
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<string>();
  readonly #positions = new Map<string, number>();
  #tree: Buffer | undefined;
  #oid: Buffer | undefined;
  #written: Written | undefined;
  /** Positions that changed since the tree was stored. */
  #patched = new Set<number>();

  /** Stores a file's new content. */
  set(path: readonly string[], content: Buffer, pack: PackWriter): void {
    const [name = '', ...rest] = path;
    const known = this.#entries.get(name)?.child;
    if (!known) this.#tree = undefined;
    this.#changed.add(name);
    if (rest.length === 0) {
      const child = storeFile(content, known instanceof Folder ? undefined : known, pack);
      this.#entries.set(name, { name, child });
      return;
    }
    const child = known instanceof Folder ? known : new Folder();
    this.#entries.set(name, { name, child });
    child.set(rest, content, pack);
  }

  /** Stores what changed below, and answers the name of the tree. */
  store(pack: PackWriter): Buffer {
    if (this.#oid && this.#changed.size === 0) return this.#oid;
    const changed = [...this.#changed].map((name) => ({ name, oid: this.#oidOf(name, pack) }));
    this.#changed.clear();
    if (!this.#tree) this.#tree = this.#build(pack);
    for (const { name, oid } of changed) {
      const position = this.#positions.get(name) ?? 0;
      oid.copy(this.#tree, position);
      this.#patched.add(position);
    }
    const tree = this.#tree;
    const splices = [...this.#patched]
      .sort((a, b) => a - b)
      .map((at) => ({ at, remove: 20, insert: tree.subarray(at, at + 20) }));
    const { oid, written } = pack.add('tree', tree, { base: this.#written, splices });
    if (written) {
      this.#written = written;
      this.#patched = new Set();
    }
    this.#oid = oid;
    return oid;
  }

  #oidOf(name: string, pack: PackWriter): Buffer {
    const child = this.#entries.get(name)?.child;
    if (!child) throw new Error(`There is no entry ${name}.`);
    return child instanceof Folder ? child.store(pack) : child.oid;
  }

  /** A tree of other entries than before cannot be told as patches: it is stored whole. */
  #build(pack: PackWriter): Buffer {
    this.#written = undefined;
    this.#patched = new Set();
    const sorted = [...this.#entries.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    let length = 0;
    const parts = sorted.flatMap((entry) => {
      const head = Buffer.from(
        `${entry.child instanceof Folder ? '40000' : '100644'} ${entry.name}\0`,
      );
      this.#positions.set(entry.name, length + head.length);
      length += head.length + 20;
      return [head, this.#oidOf(entry.name, pack)];
    });
    return Buffer.concat(parts);
  }
}

/** git sorts a folder as if its name ended in a slash. */
function sortKey({ name, child }: Entry): string {
  return child instanceof Folder ? `${name}/` : name;
}

function storeFile(content: Buffer, before: File | undefined, pack: PackWriter): File {
  const splices = before ? [findSplice(before.content, content)] : [];
  const { oid, written } = pack.add('blob', content, { base: before?.written, splices });
  // A copy of its own: a small Buffer would keep alive the pool that it was cut from.
  return { content: Buffer.alloc(content.length, content), oid, written };
}
