import { fsyncSync, closeSync, writeSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** A file as PGlite's file system holds it open; `nfd` is Node's descriptor. */
export interface OpenFile {
  readonly nfd: number;
  readonly path: string;
}

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
  fsync?: (file: OpenFile) => number;
}

type Options = Parameters<NodeFS['init']>[1];
type Module = Parameters<NonNullable<Options['preRun']>[number]>[0];

interface Engine {
  FS: { filesystems: { NODEFS: { stream_ops: FileOperations } } };
  onAbort: (why: unknown) => void;
  stackSave: () => number;
  stackRestore: (at: number) => void;
}

/**
 * PGlite's files, made durable. PGlite as it comes never calls fsync, so that a power cut takes acknowledged rows,
 * or the whole database. A failed fsync ends the process at once: after it nobody can say which pages reached the
 * disk, and a later fsync would succeed without them.
 */
export class DurableFiles extends NodeFS {
  /** Why the engine stopped, once it did; it must not be called again then. */
  stopped: string | undefined;
  readonly #open = new Set<number>();

  override async init(pg: Parameters<NodeFS['init']>[0], options: Options) {
    const { emscriptenOpts } = await super.init(pg, options);
    const prepare = (module: Module): void => this.#prepare(module as unknown as Engine);
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), prepare] },
    };
  }

  /** Gives back what a stopped engine still holds open. */
  closeDescriptors(): void {
    for (const descriptor of this.#open) closeSync(descriptor);
    this.#open.clear();
  }

  /** A test may watch the operations, or let them fail. */
  protected watch(_operations: FileOperations, _engine: unknown): void {}

  #prepare(engine: Engine): void {
    const operations = engine.FS.filesystems.NODEFS.stream_ops;
    const { open, close } = operations;
    operations.open = (file) => {
      open(file);
      this.#open.add(file.nfd);
    };
    operations.close = (file) => {
      close(file);
      this.#open.delete(file.nfd);
    };
    operations.fsync = (file) => syncOrDie(file);
    engine.onAbort = (why) => this.#stop(engine, String(why));
    this.watch(operations, engine);
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

function syncOrDie(file: OpenFile): number {
  try {
    fsyncSync(file.nfd);
    return 0;
  } catch (error) {
    writeSync(
      2,
      `fsync of ${file.path} failed (${String(error)}): what reached the disk is unknown, so the process ends now. Check the disk and start again.\n`,
    );
    process.abort();
  }
}
