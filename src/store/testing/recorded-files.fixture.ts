import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DurableFiles, type FileOperations } from '../embedded/durable-files.ts';
import type { OpenFile } from '../embedded/log-sync.ts';

/** What an operating system was asked to do to the files of a database, in order. Paths are relative to it. */
export type FileEvent =
  | { readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'create' | 'folder' | 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  /** PostgreSQL wants a file, or a folder, on the disk. */
  | { readonly kind: 'asked'; readonly path: string }
  /** A file, or a folder, is on the disk as it was after so many events, when that began. */
  | { readonly kind: 'sync'; readonly path: string; readonly covers: number }
  /** Not a file's: something was acknowledged at this point. */
  | { readonly kind: 'said'; readonly what: string };

interface Node {
  readonly name: string;
  readonly mode: number;
}
type Attributes = { readonly size?: number };
interface NodeOperations {
  mknod: (parent: Node, name: string, mode: number, device: number) => unknown;
  rename: (node: Node, folder: Node, name: string) => void;
  unlink: (parent: Node, name: string) => void;
  rmdir: (parent: Node, name: string) => void;
  setattr: (node: Node, attributes: Attributes) => void;
}
type Stream = OpenFile & { readonly node: Node };
interface NodeFiles {
  realPath: (node: Node) => string;
  node_ops: NodeOperations;
  stream_ops: FileOperations & { setattr: (file: OpenFile, attributes: Attributes) => void };
}

const FOLDER = 0o040000;

/** The durable files, with every change written down on the way. */
export class RecordedFiles extends DurableFiles {
  readonly events: FileEvent[];
  readonly #root: string;
  /** When the last sync of each descriptor began. */
  readonly #begun = new Map<number, number>();
  #pathOf = (_node: Node): string => '';

  constructor(folder: string, events: FileEvent[]) {
    super(folder);
    this.events = events;
    this.#root = folder;
  }

  protected override watch(_: FileOperations, engine: unknown): void {
    const files = (engine as { FS: { filesystems: { NODEFS: NodeFiles } } }).FS.filesystems.NODEFS;
    const { node_ops: nodes, stream_ops: streams } = files;
    const { events } = this;
    const before = { ...nodes };
    const { write, fsync, setattr } = streams;
    const pathOf = (node: Node): string => relative(this.#root, files.realPath(node));
    this.#pathOf = pathOf;
    const within = (folder: Node, name: string): string => join(pathOf(folder), name);

    nodes.mknod = (parent, name, mode, device) => {
      const kind = (mode & 0o170000) === FOLDER ? 'folder' : 'create';
      events.push({ kind, path: within(parent, name) });
      return before.mknod(parent, name, mode, device);
    };
    nodes.rename = (node, folder, name) => {
      events.push({ kind: 'rename', path: pathOf(node), to: within(folder, name) });
      before.rename(node, folder, name);
    };
    nodes.unlink = (parent, name) => {
      events.push({ kind: 'remove', path: within(parent, name) });
      before.unlink(parent, name);
    };
    nodes.rmdir = (parent, name) => {
      events.push({ kind: 'remove', path: within(parent, name) });
      before.rmdir(parent, name);
    };
    nodes.setattr = (node, attributes) => {
      before.setattr(node, attributes);
      if (attributes.size !== undefined) {
        events.push({ kind: 'truncate', path: pathOf(node), size: attributes.size });
      }
    };
    streams.setattr = (file, attributes) => {
      setattr(file, attributes);
      if (attributes.size !== undefined) {
        events.push({
          kind: 'truncate',
          path: pathOf((file as Stream).node),
          size: attributes.size,
        });
      }
    };
    streams.write = (file, buffer, offset, length, position) => {
      const written = write(file, buffer, offset, length, position);
      const bytes = Buffer.from(buffer.subarray(offset, offset + written));
      events.push({ kind: 'write', path: pathOf((file as Stream).node), at: position, bytes });
      return written;
    };
    streams.fsync = (file) => {
      events.push({ kind: 'asked', path: pathOf((file as Stream).node) });
      return fsync?.(file) ?? 0;
    };
  }

  protected override syncBegun({ nfd }: OpenFile): void {
    this.#begun.set(nfd, this.events.length);
  }

  protected override syncDone(file: OpenFile): void {
    const path = this.#pathOf((file as Stream).node);
    this.events.push({ kind: 'sync', path, covers: this.#begun.get(file.nfd) ?? 0 });
  }
}

/** What was changed while a file of the write-ahead log that PostgreSQL had asked for was not on the disk. */
export function changedBeforeTheLog(events: readonly FileEvent[]): FileEvent[] {
  const asked = new Map<string, number>();
  return events.filter((event, nth) => {
    if (!('path' in event)) return false;
    const isOfLog = event.path.startsWith('pg_wal/');
    if (event.kind === 'asked' && isOfLog) asked.set(event.path, nth);
    if (event.kind === 'sync' && (asked.get(event.path) ?? nth) < event.covers) {
      asked.delete(event.path);
    }
    const changes = event.kind === 'truncate' || event.kind === 'rename' || event.kind === 'remove';
    return asked.size > 0 && (changes || (event.kind === 'write' && !isOfLog));
  });
}

/** A file as the disk and the operating system's memory know it. */
interface Inode {
  /** What is on the disk. Undefined: still what the base has under this path. */
  disk: Buffer | undefined;
  readonly base: string | undefined;
  unsynced: { readonly event: number; readonly change: (content: Buffer) => Buffer }[];
}

/**
 * Makes the folder that a power cut leaves: the base, and of the events that which had reached the disk. An fsync of a
 * file brings its content there, an fsync of a folder its names. Of what was not synced, each block of 4 KiB may or
 * may not have arrived, in any order; names arrive in order, up to some point. `chance` decides, from 0 to 1.
 */
export function cutPower(
  base: string,
  events: readonly FileEvent[],
  folder: string,
  chance: () => number,
): void {
  const inodes = new Map<string, Inode>();
  const disk = new Map<string, Inode>();
  for (const path of filesIn(base)) {
    const inode: Inode = { disk: undefined, base: join(base, path), unsynced: [] };
    inodes.set(path, inode);
    disk.set(path, inode);
  }
  let names: { readonly folder: string; readonly apply: () => void }[] = [];
  const rename = (at: string, apply: () => void): void => {
    names.push({ folder: join('/', dirname(at)), apply });
  };

  for (const [nth, event] of events.entries()) {
    const inode = 'path' in event ? inodes.get(event.path) : undefined;
    if (event.kind === 'write' && inode) {
      for (let from = 0; from < event.bytes.length; from += 4_096) {
        const block = event.bytes.subarray(from, from + 4_096);
        inode.unsynced.push({
          event: nth,
          change: (content) => splice(content, event.at + from, block),
        });
      }
    } else if (event.kind === 'truncate' && inode) {
      inode.unsynced.push({ event: nth, change: (content) => resize(content, event.size) });
    } else if (event.kind === 'create') {
      const made: Inode = { disk: Buffer.alloc(0), base: undefined, unsynced: [] };
      inodes.set(event.path, made);
      rename(event.path, () => disk.set(event.path, made));
    } else if (event.kind === 'remove') {
      inodes.delete(event.path);
      rename(event.path, () => disk.delete(event.path));
    } else if (event.kind === 'rename' && inode) {
      inodes.delete(event.path);
      inodes.set(event.to, inode);
      rename(event.to, () => {
        disk.delete(event.path);
        disk.set(event.to, inode);
      });
    } else if (event.kind === 'sync' && inode) {
      const arrived = inode.unsynced.filter(({ event: one }) => one < event.covers);
      for (const { change } of arrived) inode.disk = change(contentOf(inode));
      inode.unsynced = inode.unsynced.slice(arrived.length);
    } else if (event.kind === 'sync') {
      const synced = join('/', event.path);
      for (const { folder, apply } of names) if (folder === synced) apply();
      names = names.filter((name) => name.folder !== synced);
    }
  }

  const arrived = Math.floor(chance() * (names.length + 1));
  for (const { apply } of names.slice(0, arrived)) apply();
  const share = chance();
  for (const inode of disk.values()) {
    for (const { change } of inode.unsynced) {
      if (chance() < share) inode.disk = change(contentOf(inode));
    }
  }
  rmSync(folder, { recursive: true, force: true });
  for (const path of foldersIn(base)) mkdirSync(join(folder, path), { recursive: true });
  for (const [path, inode] of disk) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (inode.disk === undefined && inode.base !== undefined) {
      copyFileSync(inode.base, join(folder, path));
    } else writeFileSync(join(folder, path), inode.disk ?? '');
  }
}

function contentOf(inode: Inode): Buffer {
  if (inode.disk === undefined && inode.base !== undefined) return readFileSync(inode.base);
  return inode.disk ?? Buffer.alloc(0);
}

function resize(content: Buffer, size: number): Buffer {
  const resized = Buffer.alloc(size);
  content.copy(resized, 0, 0, Math.min(size, content.length));
  return resized;
}

function splice(content: Buffer, at: number, bytes: Buffer): Buffer {
  const whole = at + bytes.length > content.length ? resize(content, at + bytes.length) : content;
  bytes.copy(whole, at);
  return whole;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name))] : [],
  );
}

function foldersIn(folder: string): string[] {
  return [
    '',
    ...readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [relative(folder, join(entry.parentPath, entry.name))] : [],
    ),
  ];
}
