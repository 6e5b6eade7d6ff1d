import { expect, test } from 'vitest';
import { decodeText, LARGEST_TEXT } from './decode-text.ts';

const utf8 = new TextEncoder();

test.each(['', 'a: 1\n', '\uFEFFa: 1\r\n', 'é: "日本 😀"\n'])('keeps every byte of %j', (text) => {
  const bytes = utf8.encode(text);
  const decoded = decodeText(bytes);
  expect(decoded).toEqual({ ok: true, text });
  expect(decoded.ok && utf8.encode(decoded.text)).toEqual(bytes);
});

test.each([
  ['a NUL byte', new Uint8Array([97, 0, 98]), 'NUL byte at offset 1'],
  ['a cut character', new Uint8Array([97, 0xc3]), 'not valid UTF-8'],
  ['Latin-1', new Uint8Array([0xe9, 0x0a]), 'not valid UTF-8'],
  ['an encoded surrogate', new Uint8Array([0xed, 0xa0, 0x80]), 'not valid UTF-8'],
  ['UTF-16', new Uint8Array([0xff, 0xfe, 97, 0]), 'UTF-16'],
  ['big-endian UTF-16', new Uint8Array([0xfe, 0xff, 0, 97]), 'UTF-16'],
  ['too many bytes', new Uint8Array(LARGEST_TEXT + 1).fill(97), `${LARGEST_TEXT + 1} bytes`],
])('refuses %s', (_what, bytes, message) => {
  expect(decodeText(bytes)).toMatchObject({
    ok: false,
    problem: { code: 'not-text', message: expect.stringContaining(message) },
  });
});

test('reads a file of just the largest size', () => {
  expect(decodeText(new Uint8Array(LARGEST_TEXT).fill(97)).ok).toBe(true);
});
