import { expect, test } from 'vitest';
import { mergedBranch, targetsSpokenOf } from './spoken-of.ts';

const bad = 'b'.repeat(40);

test.each<[string, string, readonly string[]]>([
  ['nothing', 'Ship 1.10\n\nFaster.', []],
  ['an empty message', '', []],
  [
    'a trailer',
    'x\n\nLastgood-Target: production/fraud\nLastgood-Mode: automatic',
    ['production/fraud'],
  ],
  ['line ends of Windows', 'x\r\n\r\nLastgood-Target: production/fraud\r\n', ['production/fraud']],
  ['an encoded one', 'x\n\nLastgood-Target: production/%40x', ['production/@x']],
  ['one that is not encoded as it should be', 'x\n\nLastgood-Target: production/%zz', []],
  ['several: the last is the record', 'x\n\nLastgood-Target: a/b\n\nLastgood-Target: c/d', ['c/d']],
  ['one within a line', 'x\n\nSee Lastgood-Target: a/b', []],
  [
    'a merge',
    `Merge pull request #7 from acme/lastgood/production/eu/fraud/${bad}\n\nx`,
    ['production/eu/fraud'],
  ],
  [
    'a merge with the trailers of the same',
    `Merge pull request #7 from acme/lastgood/production/fraud/${bad}\n\nLastgood-Target: production/fraud`,
    ['production/fraud'],
  ],
  ['a merge of something else', 'Merge pull request #7 from acme/lastgood/production/fraud', []],
  [
    'a merge in the text',
    `x\n\nMerge pull request #7 from acme/lastgood/production/fraud/${bad}`,
    [],
  ],
])('%s', (_, message, targets) => {
  expect(targetsSpokenOf(message)).toEqual(targets);
});

test('the branch of a merge', () => {
  expect(mergedBranch('Merge pull request #7 from acme/fix/x')).toBe('fix/x');
  expect(mergedBranch("Merge branch 'x'")).toBeUndefined();
});
