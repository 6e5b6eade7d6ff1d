import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KINDS } from './monitor-kinds.fixture.ts';
import { ODDITIES, saidOf } from './odd-samples.fixture.ts';

const page = readFileSync(new URL('../../docs/judges.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

test('docs/judges.md says what every judge says to odd samples', () => {
  const head = ['', ...Object.keys(ODDITIES)];
  const start = rows.findIndex((cells) => cells.join() === head.join());
  const said = Object.keys(KINDS).map((kind) => [
    kind,
    ...Object.keys(ODDITIES).map((oddity) => saidOf(kind, oddity)),
  ]);
  expect(rows.slice(start + 2, start + 2 + said.length)).toEqual(said);
});
