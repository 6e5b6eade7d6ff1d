import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const PIECE = 1024 * 1024;
const HEADER = 12;

/** A pack that is written front to back, buffered; its count of objects is known at the end only. */
export class PackFile {
  readonly #file: number;
  readonly #piece = Buffer.alloc(PIECE);
  #filled = HEADER;
  #length = HEADER;

  constructor(path: string) {
    this.#file = openSync(path, 'w+');
  }

  /** Where the next bytes go. */
  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    this.#length += bytes.length;
    for (let done = 0; done < bytes.length;) {
      const copied = bytes.copy(this.#piece, this.#filled, done);
      done += copied;
      this.#filled += copied;
      if (this.#filled === PIECE) this.#flush();
    }
  }

  /** Writes the header and the checksum, closes the file and answers the checksum. */
  finish(objects: number): Buffer {
    this.#flush();
    const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
    header.writeUInt32BE(objects, 8);
    writeSync(this.#file, header, 0, HEADER, 0);
    const checksum = this.#checksum();
    writeSync(this.#file, checksum, 0, checksum.length, this.#length);
    closeSync(this.#file);
    return checksum;
  }

  #flush(): void {
    writeSync(this.#file, this.#piece, 0, this.#filled);
    this.#filled = 0;
  }

  #checksum(): Buffer {
    const hash = createHash('sha1');
    let at = 0;
    while (at < this.#length) {
      const read = readSync(this.#file, this.#piece, 0, PIECE, at);
      if (read === 0) throw new Error('The pack is shorter than what was written to it.');
      hash.update(this.#piece.subarray(0, read));
      at += read;
    }
    return hash.digest();
  }
}
