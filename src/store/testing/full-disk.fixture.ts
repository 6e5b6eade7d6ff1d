import { DurableFiles, type FileOperations } from '../embedded/durable-files.ts';

/** Files on a disk that can be full: then nothing can be written beyond what a file has already. */
export class FullDiskFiles extends DurableFiles {
  readonly disk: { full: boolean };

  constructor(folder: string, disk: { full: boolean }) {
    super(folder);
    this.disk = disk;
  }

  protected override watch(operations: FileOperations, engine: unknown): void {
    const { FS } = engine as { FS: { ErrnoError: new (errno: number) => Error } };
    const { write } = operations;
    operations.write = (...file) => {
      // Emscripten's number for ENOSPC.
      if (this.disk.full) throw new FS.ErrnoError(51);
      return write(...file);
    };
  }
}
