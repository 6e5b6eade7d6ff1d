import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** How many there are. A new one is a new row of the table. */
const COUNT = 33;

interface Row {
  readonly number: number;
  /** The test files that the row names; empty for one that says that it is not handled. */
  readonly files: readonly string[];
  readonly cell: string;
}

/** The rows of the table in `docs/github-realities.md`. */
const rows: readonly Row[] = readFileSync('docs/github-realities.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, number = '', , , tested = ''] = cells;
    if (!/^\d+$/.test(number)) return [];
    const files = [...tested.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
    return [{ number: Number(number), files, cell: tested }];
  });

const NAMED = /\brealit(?:y|ies) (\d+(?:(?:, | and )\d+)*)/g;

/**
 * The numbers that the titles of a test file name. A title is the first argument of a call, or begins a row of a
 * table; comments are none.
 */
function namedIn(text: string): ReadonlySet<number> {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const titles = code.matchAll(
    /[([]\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)\s*,/g,
  );
  const all = [...titles].map(([, a, b, c]) => a ?? b ?? c ?? '');
  return new Set(
    all.flatMap((title) =>
      [...title.matchAll(NAMED)].flatMap(([, list = '']) => list.split(/\D+/).map(Number)),
    ),
  );
}

/** What each test file of the source tree names. */
const named = new Map(
  globSync('{src,test,fixtures,bench}/**/*.test.ts').map((file) => [
    file,
    namedIn(readFileSync(file, 'utf8')),
  ]),
);

test('the table has every row once, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(
    Array.from({ length: COUNT }, (_, at) => at + 1),
  );
});

/** What is wrong with a row, in words. */
function problemsOf({ number, files, cell }: Row): readonly string[] {
  if (files.length === 0) {
    return /^not handled: .{10,}/.test(cell)
      ? []
      : [`Row ${number} names no test, and does not say "not handled: " and why.`];
  }
  return files.flatMap((file) => {
    if (file.startsWith('fixtures/hub/')) return [`${file} shows the hub, not Lastgood.`];
    return named.get(file)?.has(number) ? [] : [`${file} has no test named "reality ${number}".`];
  });
}

test.each(rows)('row $number has its tests', (row) => {
  expect(problemsOf(row)).toEqual([]);
});

test('a row without its tests is noticed', () => {
  const file = 'test/realities/doubles.test.ts';
  expect(problemsOf({ number: 1, files: [file], cell: '' })).toHaveLength(1);
  expect(problemsOf({ number: 1, files: ['gone.test.ts'], cell: '' })).toHaveLength(1);
  expect(problemsOf({ number: 1, files: [], cell: '' })).toHaveLength(1);
  expect(problemsOf({ number: 1, files: [], cell: 'not handled: nobody uses it' })).toEqual([]);
});

test('no test names a reality that is none', () => {
  const strangers = [...named].flatMap(([file, numbers]) =>
    [...numbers].filter((one) => one < 1 || one > COUNT).map((one) => `${file}: ${one}`),
  );
  expect(strangers).toEqual([]);
});

describe('titles are read, and nothing else', () => {
  test.each([
    ["test('reality 9: it holds', () => {});", [9]],
    ["test.each([[1], ['a(b)']])('realities 7 and 9: %s', () => {});", [7, 9]],
    ['describe("GitHub reality 25", () => {});', [25]],
    ["it('fits (GitHub reality 25)', () => {});", [25]],
    ['test(`realities 1, 2 and 3: all`, () => {});', [1, 2, 3]],
    ["// test('without a reality 4 of its own')", []],
    ["test.each([\n  ['reality 8: armed', 1],\n])('%s', () => {});", [8]],
    ["expect(text).toBe('reality 5');", []],
    ['/* GitHub reality 6 */', []],
  ])('%s', (text, numbers) => {
    expect([...namedIn(text)]).toEqual(numbers);
  });
});
