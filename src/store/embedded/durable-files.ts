import { closeSync, fsyncSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { LogSync, orDie, type OpenFile } from './log-sync.ts';

/** The operations on open files that a durable database adds to, or watches. */
export interface FileOperations {
  open: (file: OpenFile) => void;
  close: (file: OpenFile) => void;
  write: (
    file: OpenFile,
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => number;
  setattr: (file: OpenFile, ...what: never[]) => unknown;
  fsync?: (file: OpenFile) => number;
}

type Options = Parameters<NodeFS['init']>[1];
type Module = Parameters<NonNullable<Options['preRun']>[number]>[0];

/** The operations on names that take away or replace something. */
interface NameOperations {
  rename: (...what: never[]) => unknown;
  unlink: (...what: never[]) => unknown;
  setattr: (...what: never[]) => unknown;
}

interface Engine {
  FS: { filesystems: { NODEFS: { stream_ops: FileOperations; node_ops: NameOperations } } };
  onAbort: (why: unknown) => void;
  stackSave: () => number;
  stackRestore: (at: number) => void;
}

/**
 * PGlite's files, made durable. PGlite as it comes never calls fsync, so that a power cut takes acknowledged rows, or
 * the whole database. What PostgreSQL answered is on the disk once `synced` resolves: its write-ahead log is brought
 * there meanwhile, and at once before anything else of the database is changed. Where fsync fails the process ends.
 */
export class DurableFiles extends NodeFS {
  /** Why the engine stopped, once it did; it must not be called again then. */
  stopped: string | undefined;
  readonly #open = new Set<number>();
  readonly #log = new LogSync({
    begun: (file) => this.syncBegun(file),
    done: (file) => this.syncDone(file),
  });

  override async init(pg: Parameters<NodeFS['init']>[0], options: Options) {
    const { emscriptenOpts } = await super.init(pg, options);
    const prepare = (module: Module): void => this.#prepare(module as unknown as Engine);
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), prepare] },
    };
  }

  /** Resolves once everything that PostgreSQL has answered by now is on the disk. */
  synced(): Promise<void> {
    return this.#log.synced();
  }

  /** Gives back what a stopped engine still holds open. */
  closeDescriptors(): void {
    for (const nfd of this.#open) this.#log.close(nfd, () => closeSync(nfd));
    this.#open.clear();
  }

  /** A test may watch the operations, or let them fail. */
  protected watch(_operations: FileOperations, _engine: unknown): void {}

  /** A test may note when a file, as it is, begins to be brought to the disk, and when it is there. */
  protected syncBegun(_file: OpenFile): void {}
  protected syncDone(_file: OpenFile): void {}

  #prepare(engine: Engine): void {
    const { stream_ops: operations, node_ops: names } = engine.FS.filesystems.NODEFS;
    const { open, close, write, setattr } = operations;
    operations.open = (file) => {
      open(file);
      this.#open.add(file.nfd);
    };
    operations.close = (file) => {
      this.#open.delete(file.nfd);
      this.#log.close(file.nfd, () => close(file));
    };
    operations.write = (file, ...what) => {
      if (!isOfLog(file)) this.#log.settle();
      return write(file, ...what);
    };
    operations.fsync = (file) => {
      if (isOfLog(file)) this.#log.owe(file);
      else this.#sync(file);
      return 0;
    };
    // What is taken away or cut may be what the log would bring back.
    const afterTheLog =
      <Arguments extends unknown[]>(change: (...what: Arguments) => unknown) =>
      (...what: Arguments): unknown => {
        this.#log.settle();
        return change(...what);
      };
    operations.setattr = afterTheLog(setattr);
    names.setattr = afterTheLog(names.setattr);
    names.rename = afterTheLog(names.rename);
    names.unlink = afterTheLog(names.unlink);
    engine.onAbort = (why) => this.#stop(engine, String(why));
    this.watch(operations, engine);
  }

  #sync(file: OpenFile): void {
    this.#log.settle();
    this.syncBegun(file);
    orDie(file, () => fsyncSync(file.nfd));
    this.syncDone(file);
  }

  /**
   * PGlite catches what its engine throws and calls it again, which after an abort (a PANIC of PostgreSQL, memory
   * that ran out) never ends. So the two functions around every call throw from then on.
   */
  #stop(engine: Engine, why: string): void {
    this.stopped = why === '' ? 'it aborted' : why;
    const refuse = (): never => {
      throw new Error(`The embedded database stopped: ${this.stopped}`);
    };
    engine.stackSave = refuse;
    engine.stackRestore = refuse;
  }
}

/** A file of the write-ahead log, but not its folder. */
function isOfLog({ path }: OpenFile): boolean {
  return path.includes('/pg_wal/');
}
