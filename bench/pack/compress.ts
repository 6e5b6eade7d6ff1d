import { deflateSync } from 'node:zlib';

/** Setting up a compressor costs more than it saves on less than this. */
const WORTHWHILE = 1_024;

/** A zlib stream with the content, compressed where that is worthwhile: https://www.rfc-editor.org/rfc/rfc1950 */
export function compress(content: Buffer): Buffer {
  return content.length < WORTHWHILE ? store(content) : deflateSync(content, { level: 1 });
}

/** One stored block. */
function store(content: Buffer): Buffer {
  const stream = Buffer.alloc(content.length + 11);
  stream.set([0x78, 0x01, 0x01]);
  stream.writeUInt16LE(content.length, 3);
  stream.writeUInt16LE(~content.length & 0xff_ff, 5);
  content.copy(stream, 7);
  stream.writeUInt32BE(adler32(content), content.length + 7);
  return stream;
}

/** Short contents only: the sums stay far below 2^53 without a modulo in between. */
function adler32(content: Buffer): number {
  let a = 1;
  let b = 0;
  for (const byte of content) {
    a += byte;
    b += a;
  }
  return (b % 65_521) * 65_536 + (a % 65_521);
}
