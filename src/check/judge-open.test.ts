import { expect, test } from 'vitest';
import { toJudge } from './judge-open.ts';

const pinned = new Set(['a/model.yaml']);
const pull = { number: 7, branch: 'ship', paths: ['a/model.yaml'], complete: true };

test.each<[title: string, pull: typeof pull, judged: boolean]>([
  ['touches a pin', pull, true],
  ['touches something else', { ...pull, paths: ['README.md'] }, false],
  ['touches more than is shown', { ...pull, paths: ['README.md'], complete: false }, true],
  ['touches nothing', { ...pull, paths: [] }, false],
  ['is a rollback', { ...pull, branch: `lastgood/production/a/${'0'.repeat(40)}` }, false],
  [
    'is of a fork that calls its branch a rollback',
    { ...pull, branch: `fork:lastgood/production/a/${'0'.repeat(40)}` },
    true,
  ],
])('a pull request that %s', (_, one, judged) => {
  expect(toJudge([one], pinned)).toEqual(judged ? [7] : []);
});
