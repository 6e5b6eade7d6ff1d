import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './parse-json.ts';
import { placeAt, scalarText } from './place.ts';

function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('accepts exactly what JSON.parse accepts', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '1',
    '-0',
    '01',
    '1.5e+3',
    '.',
    'null',
  ];
  const more = [
    'true',
    'tru',
    ' ',
    '\n',
    '\t',
    '\u00a0',
    '\uFEFF',
    '#',
    '//',
    "'a'",
    '"\\u00e9"',
    '"\\x"',
  ];
  const soup = fc
    .array(fc.constantFrom(...pieces, ...more), { maxLength: 9 })
    .map((all) => all.join(''));
  const damaged = fc
    .tuple(fc.json(), fc.nat(60), fc.constantFrom(...pieces, ''))
    .map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(soup, fc.json(), damaged), (text) => {
      fc.pre(!text.startsWith('\uFEFF'));
      expect(parseJson(text).ok).toBe(accepts(text));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['', 0, 'expected a value, found the end'],
  ['{"a":}', 5, 'expected a value, found "}"'],
  ['{"a":1,}', 7, 'expected a key in double quotes'],
  ['{"a" 1}', 5, 'expected a colon'],
  ['[1 2]', 3, 'expected a comma or `]`'],
  ['{"a":"b\n"}', 5, 'the string is not closed'],
  ['{} x', 3, 'expected the end of the file'],
  ['{"a": 1 // no\n}', 8, 'expected a comma or `}`'],
])('%j is refused at offset %i: %s', (text, offset, message) => {
  expect(parseJson(text)).toMatchObject({
    ok: false,
    offset,
    message: expect.stringContaining(message),
  });
});

test('deep nesting, long keys and long numbers are no trouble', () => {
  const depth = 200_000;
  expect(parseJson(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`).ok).toBe(true);
  expect(parseJson('['.repeat(depth)).ok).toBe(false);
  const key = 'k'.repeat(100_000);
  const parsed = parseJson(`{"${key}": ${'9'.repeat(100_000)}}`);
  const [root] = parsed.ok ? parsed.documents : [];
  expect(root && scalarText(placeAt(root, [key]))).toHaveLength(100_000);
});
