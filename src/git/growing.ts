/** A list of unsigned 32-bit numbers that grows, four bytes each. */
export interface Words {
  readonly length: number;
  /** The word at `index`, 0 beyond the end. */
  at(index: number): number;
  set(index: number, word: number): void;
  push(word: number): void;
  /** The words themselves, without spare room. */
  values(): Uint32Array;
}

/** Makes {@link Words}, starting with the given ones. */
export function makeWords(first: Uint32Array = new Uint32Array()): Words {
  let words = first.slice();
  let length = words.length;
  return {
    get length() {
      return length;
    },
    at: (index) => words[index] ?? 0,
    set(index, word) {
      words[index] = word;
    },
    push(word) {
      if (length === words.length) {
        const larger = new Uint32Array(Math.max(1024, length * 1.5));
        larger.set(words);
        words = larger;
      }
      words[length] = word;
      length += 1;
    },
    values: () => words.slice(0, length),
  };
}

const OID_BYTES = 20;

/** A list of object names that grows, twenty bytes each. Null stands for no object. */
export interface Oids {
  readonly length: number;
  at(index: number): string | null;
  push(oid: string | null): void;
  /** The first four bytes of an entry as a number: enough to find it by, not to know it by. */
  hashAt(index: number): number;
  values(): Uint8Array;
}

/** Makes {@link Oids}, starting with the given ones. */
export function makeOids(first: Uint8Array = new Uint8Array()): Oids {
  let bytes = Buffer.from(first);
  let length = bytes.length / OID_BYTES;
  return {
    get length() {
      return length;
    },
    at(index) {
      const hex = bytes.toString('hex', index * OID_BYTES, (index + 1) * OID_BYTES);
      return /^0*$/.test(hex) ? null : hex;
    },
    push(oid) {
      if ((length + 1) * OID_BYTES > bytes.length) {
        const larger = Buffer.alloc(Math.max(1024, Math.ceil(length * 1.5)) * OID_BYTES);
        bytes.copy(larger);
        bytes = larger;
      }
      if (oid !== null) bytes.write(oid, length * OID_BYTES, 'hex');
      length += 1;
    },
    hashAt: (index) => bytes.readUInt32BE(index * OID_BYTES),
    values: () => new Uint8Array(bytes.subarray(0, length * OID_BYTES)),
  };
}
