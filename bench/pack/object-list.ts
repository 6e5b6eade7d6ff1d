import { hash } from 'node:crypto';

/** The objects of a pack, kept small: there can be hundreds of thousands. */
export class ObjectList {
  #oids = Buffer.alloc(20 * 1_024);
  readonly #crcs: number[] = [];
  readonly #offsets: number[] = [];

  get size(): number {
    return this.#crcs.length;
  }

  /** `offset`: where the object begins in the pack, below 2 GiB. */
  add(oid: Buffer, crc: number, offset: number): void {
    const at = this.size * 20;
    if (at === this.#oids.length) this.#oids = Buffer.concat([this.#oids, Buffer.alloc(at)]);
    oid.copy(this.#oids, at);
    this.#crcs.push(crc);
    this.#offsets.push(offset);
  }

  /** The index of the pack, version 2, as https://git-scm.com/docs/pack-format has it. */
  encodeIndex(packChecksum: Buffer): Buffer {
    const order = this.#sorted();
    const fanOut = Buffer.alloc(256 * 4);
    const oids = Buffer.alloc(this.size * 20);
    const crcs = Buffer.alloc(this.size * 4);
    const offsets = Buffer.alloc(this.size * 4);
    order.forEach((entry, i) => {
      this.#oids.copy(oids, i * 20, entry * 20, entry * 20 + 20);
      crcs.writeUInt32BE(this.#crcs[entry] ?? 0, i * 4);
      offsets.writeUInt32BE(this.#offsets[entry] ?? 0, i * 4);
      // The last object with this first byte leaves its rank here.
      fanOut.writeUInt32BE(i + 1, (oids[i * 20] ?? 0) * 4);
    });
    for (let i = 1; i < 256; i++) {
      const before = fanOut.readUInt32BE(i * 4 - 4);
      if (fanOut.readUInt32BE(i * 4) === 0) fanOut.writeUInt32BE(before, i * 4);
    }
    const head = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
    const index = Buffer.concat([head, fanOut, oids, crcs, offsets, packChecksum]);
    return Buffer.concat([index, hash('sha1', index, 'buffer')]);
  }

  #sorted(): Uint32Array {
    const oids = this.#oids;
    return Uint32Array.from({ length: this.size }, (_, i) => i).sort((a, b) =>
      oids.compare(oids, b * 20, b * 20 + 20, a * 20, a * 20 + 20),
    );
  }
}
