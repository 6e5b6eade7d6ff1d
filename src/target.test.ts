import { expect, test } from 'vitest';
import { isEnvironment, parseTargetKey } from './target.ts';

test.each([
  ['production', true],
  ['production/eu-west', true],
  ['production/state', true],
  ['statewide', true],
  ['state', false],
  ['state/eu', false],
  ['journal', false],
  ['production/a.yaml', false],
  ['production//eu', false],
  ['../production', false],
  ['', false],
])('%s may name an environment: %s', (text, may) => {
  expect(isEnvironment(text)).toBe(may);
});

test('what is no environment makes no target', () => {
  expect(parseTargetKey('state/fraud')).toBeUndefined();
  expect(parseTargetKey('production/state/fraud')).toEqual({
    environment: 'production/state',
    model: 'fraud',
  });
});
