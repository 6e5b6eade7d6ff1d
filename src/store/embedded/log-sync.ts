import { fdatasync, fdatasyncSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** A file as PGlite's file system holds it open; `nfd` is Node's descriptor. */
export interface OpenFile {
  readonly nfd: number;
  readonly path: string;
}

/** Is told which files are being brought to the disk, and which are there. */
export interface SyncWatch {
  begun(file: OpenFile): void;
  done(file: OpenFile): void;
}

const startSync = promisify(fdatasync);

/**
 * Brings the write-ahead log to the disk while the process goes on. PostgreSQL hears at once that it is there; whoever
 * waits for its answer waits for `synced` as well, and nothing else of the database changes on the disk before
 * `settle`.
 *
 * Properties: what was owed when `synced` was called is on the disk when it resolves; a descriptor stays open while the
 * disk is at work on it; a disk that refuses ends the process.
 */
export class LogSync {
  readonly #watch: SyncWatch;
  /** Files by their descriptors: of the next sync, and of the one that runs. */
  #owed = new Map<number, OpenFile>();
  #underWay = new Map<number, OpenFile>();
  #running: Promise<void> | undefined;
  readonly #toClose = new Set<() => void>();
  /** How often PostgreSQL asked, and up to which of these times the log is on the disk. */
  #asked = 0;
  #done = 0;

  constructor(watch: SyncWatch) {
    this.#watch = watch;
  }

  /** Takes note that a file of the log is to be on the disk. */
  owe(file: OpenFile): void {
    this.#owed.set(file.nfd, file);
    this.#asked += 1;
  }

  /** Brings what is owed to the disk before it returns. */
  settle(): void {
    if (this.#done === this.#asked) return;
    for (const file of [...this.#underWay.values(), ...this.#owed.values()]) {
      this.#watch.begun(file);
      orDie(file, () => fdatasyncSync(file.nfd));
      this.#watch.done(file);
    }
    this.#owed.clear();
    this.#done = this.#asked;
  }

  /** Resolves once what is owed now is on the disk. */
  async synced(): Promise<void> {
    const until = this.#asked;
    while (this.#done < until) await (this.#running ??= this.#run());
  }

  /** Closes a descriptor: at once, or when the disk is done with it. */
  close(nfd: number, close: () => void): void {
    if (this.#owed.has(nfd)) this.settle();
    if (this.#underWay.has(nfd)) this.#toClose.add(close);
    else close();
  }

  async #run(): Promise<void> {
    const covered = this.#asked;
    this.#underWay = this.#owed;
    this.#owed = new Map();
    for (const file of this.#underWay.values()) {
      this.#watch.begun(file);
      await startSync(file.nfd).catch((error: unknown) => die(file, error));
      this.#watch.done(file);
    }
    this.#underWay = new Map();
    this.#done = Math.max(this.#done, covered);
    this.#running = undefined;
    for (const close of this.#toClose) close();
    this.#toClose.clear();
  }
}

/** Does what brings a file to the disk, or ends the process. */
export function orDie(file: OpenFile, sync: () => void): void {
  try {
    sync();
  } catch (error) {
    die(file, error);
  }
}

/** Nobody can say which pages reached the disk, and a later sync would succeed without them. */
function die({ path }: OpenFile, error: unknown): never {
  writeSync(
    2,
    `fsync of ${path} failed (${String(error)}): what reached the disk is unknown, so the process ends now. Check the disk and start again.\n`,
  );
  process.abort();
}
