import { expect, test } from 'vitest';
import { loadPolicySet } from './load.ts';
import { readShippedPresets } from './presets.ts';
import { onlyTarget, policyFor } from './load-policies.fixture.ts';

const shipped = await readShippedPresets();

function settingsWith(name: string | undefined) {
  const text = policyFor('m', name === undefined ? '' : `extends: ${name}`);
  return onlyTarget(loadPolicySet([{ path: '.lastgood/m.yaml', text }], shipped));
}

test('the shipped presets are these', () => {
  expect(shipped.map(({ name }) => name)).toEqual([
    'batch',
    'experimental',
    'llm-safety',
    'online-critical',
    'online-standard',
    'review-only',
  ]);
});

test.each(shipped)('$name has no mistake and names its schema for editors', ({ name, text }) => {
  expect(settingsWith(name).target.model).toBe('m');
  expect(text).toMatch(/^# yaml-language-server: \$schema=preset\.schema\.json\n/);
});

test.each(shipped)('$name leaves nothing to the defaults', ({ name, text }) => {
  // A preset that is silent about something would change when the defaults do.
  const { respond, evidence, goal, limits, approvals, check, notify, verify } = settingsWith(name);
  const { from: _, ...counted } = approvals;
  // Which metrics there are is known where the model is.
  const { metrics: __, ...verified } = verify;
  for (const part of [respond, evidence, goal, limits, counted, check, notify, verified]) {
    for (const key of Object.keys(part)) expect(text).toMatch(new RegExp(`\\b${key}:`));
  }
  expect(text).toMatch(/^onReturn:/m);
});

test('review-only is what holds where nothing is extended', () => {
  expect(settingsWith('review-only')).toEqual(settingsWith(undefined));
});

test.each(['review-only', 'batch'])('%s never merges by itself', (name) => {
  expect(Object.values(settingsWith(name).respond)).not.toContain('merge');
});

test.each(shipped)('$name never merges because nobody answered', ({ name }) => {
  expect(settingsWith(name).approvals.onTimeout).not.toBe('merge');
});
