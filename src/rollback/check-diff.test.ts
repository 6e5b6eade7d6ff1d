import { describe, expect, it } from 'vitest';
import { blobOid } from '../releases/blob-oid.ts';
import { checkDiff, sameGoal, type ChangedFile } from './check-diff.ts';
import type { Plan } from './plan.ts';

const release = { commit: 'a'.repeat(40), at: 0, author: 'Ann', subject: 'Ship' };
const plan: Plan = {
  target: { environment: 'production', model: 'fraud' },
  base: 'b'.repeat(40),
  bad: { ...release, versions: { model: '1.10', features: 'b' } },
  goal: { kind: 'release', ...release, versions: { model: '1.9', features: 'a' } },
  edits: [],
  files: [
    { path: 'a.yaml', mode: '100644', before: 'model: 1.10\n', after: 'model: 1.9\n' },
    { path: 'b.yaml', mode: '100644', before: 'features: b\n', after: 'features: ä\n' },
  ],
  leftAlone: [],
};
const asPlanned: readonly ChangedFile[] = plan.files.map(({ path, after }) => ({
  path,
  blob: blobOid(after),
  status: 'modified',
}));
const [a, b] = asPlanned as readonly [ChangedFile, ChangedFile];

describe('the diff of a pull request', () => {
  it('is the plan, in any order', () => {
    expect(checkDiff(plan, asPlanned)).toEqual([]);
    expect(checkDiff(plan, asPlanned.toReversed())).toEqual([]);
  });

  it.each<[string, readonly ChangedFile[], string[]]>([
    [
      'another byte',
      [{ ...a, blob: blobOid('model: 1.9') }, b],
      ['a.yaml holds something else than the plan.'],
    ],
    [
      'the file as it was',
      [{ ...a, blob: blobOid('model: 1.10\n') }, b],
      ['a.yaml holds something else than the plan.'],
    ],
    [
      'a file more',
      [a, b, { ...a, path: 'c.yaml' }],
      ['c.yaml is modified, and the plan does not touch it.'],
    ],
    ['a file less, or a list cut short', [a], ['b.yaml is not changed; the plan is to.']],
    [
      'nothing',
      [],
      ['a.yaml is not changed; the plan is to.', 'b.yaml is not changed; the plan is to.'],
    ],
    [
      'a file removed',
      [{ ...a, status: 'removed' }, b],
      ['a.yaml is removed; the plan only modifies it.'],
    ],
    [
      'a file renamed to it',
      [{ ...a, status: 'renamed' }, b],
      ['a.yaml is renamed; the plan only modifies it.'],
    ],
  ])('is not the plan with %s', (_, changed, expected) => {
    expect(checkDiff(plan, changed).map(({ message }) => message)).toEqual(expected);
  });
});

describe('two plans', () => {
  it.each<[string, Plan, boolean]>([
    ['for another base and other lines', { ...plan, base: 'c'.repeat(40), files: [] }, true],
    ['for another target', { ...plan, target: { ...plan.target, environment: 'staging' } }, false],
    ['for another bad release', { ...plan, bad: { ...plan.bad, commit: 'd'.repeat(40) } }, false],
    [
      'with another pair',
      { ...plan, goal: { ...plan.goal, versions: { model: '1.9', features: 'b' } } },
      false,
    ],
  ])('%s', (_, other, same) => {
    expect(sameGoal(plan, other)).toBe(same);
  });
});
