import { expect, test } from 'vitest';
import { allowTarget } from './allow-target.ts';

const NARROW = { targets: ['production/eu-west/ranker'] };

test.each<[string, Parameters<typeof allowTarget>[0], { targets?: string[] }, string]>([
  ['anything', { model: 'm' }, {}, 'ok'],
  ['its target', { model: 'ranker', environment: 'production/eu-west' }, NARROW, 'ok'],
  ['another environment', { model: 'ranker', environment: 'production' }, NARROW, 'not-allowed'],
  ['another model', { model: 'm', environment: 'production/eu-west' }, NARROW, 'not-allowed'],
  ['no environment', { model: 'ranker' }, NARROW, 'missing'],
])('%s', (_, target, source, answer) => {
  const allowed = allowTarget(target, source);
  expect(allowed.ok ? 'ok' : allowed.why).toContain(answer);
});
