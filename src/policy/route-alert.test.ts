import { describe, expect, test } from 'vitest';
import { routeAlert } from './route-alert.ts';
import { load, policyFor } from './load-policies.fixture.ts';

const set = load({
  'fraud.yaml': `model: fraud
environments:
  production: { pins: { model: { file: f/p.yaml, path: v } } }
  production/eu-west: { pins: { model: { file: f/e.yaml, path: v } } }
`,
  'ranking.yaml': policyFor('ranking'),
  'broken.yaml': policyFor('broken', 'x: 1'),
  'half.yaml': policyFor('half'),
  'half-staging.yaml': 'model: half\nenvironments: { staging: {} }\n',
});

describe('an alert', () => {
  test.each([
    ['ranking', 'production', 'production/ranking'],
    ['ranking', undefined, 'production/ranking'],
    ['fraud', 'production', 'production/fraud'],
    ['fraud', 'production/eu-west', 'production/eu-west/fraud'],
    ['half', 'production', 'production/half'],
  ])('about %s in %s is about the target %s', (model, environment, key) => {
    const route = routeAlert({ model, ...(environment !== undefined && { environment }) }, set);
    const target = route.kind === 'target' ? route.policy.target : undefined;
    expect(`${target?.environment}/${target?.model}`).toBe(key);
  });

  test.each([
    ['broken', 'production', 'broken.yaml'],
    ['broken', undefined, 'broken.yaml'],
    ['half', 'staging', 'half-staging.yaml'],
  ])('about %s in %s finds a broken policy', (model, environment, file) => {
    const route = routeAlert({ model, ...(environment !== undefined && { environment }) }, set);
    expect(route).toMatchObject({
      kind: 'disabled',
      target: { model, environment: environment ?? 'production' },
      file: `.lastgood/${file}`,
      problem: { file: `.lastgood/${file}` },
    });
  });

  test.each([
    ['fruad', undefined, { kind: 'unknown-model', suggestion: 'fraud' }],
    ['Fraud', 'production', { kind: 'unknown-model', suggestion: 'fraud' }],
    ['something-else', 'production', { kind: 'unknown-model' }],
    ['__proto__', undefined, { kind: 'unknown-model' }],
    [
      'fraud',
      'prodction',
      {
        kind: 'unknown-environment',
        known: ['production', 'production/eu-west'],
        suggestion: 'production',
      },
    ],
    ['ranking', 'qa', { kind: 'unknown-environment', known: ['production'] }],
    [
      'fraud',
      undefined,
      { kind: 'environment-ambiguous', known: ['production', 'production/eu-west'] },
    ],
    // A broken policy counts: which environment was meant is not clearer because one file is broken.
    ['half', undefined, { kind: 'environment-ambiguous', known: ['production', 'staging'] }],
  ])('about %s in %s → %j', (model, environment, route) => {
    expect(routeAlert({ model, ...(environment !== undefined && { environment }) }, set)).toEqual(
      route,
    );
  });
});

test('a target that two policies claim is disabled, by the first of them', () => {
  const twice = load({ 'a.yaml': policyFor('m'), 'b.yaml': policyFor('m') });
  expect(routeAlert({ model: 'm' }, twice)).toMatchObject({
    kind: 'disabled',
    file: '.lastgood/a.yaml',
  });
});

test('a set without targets knows no model', () => {
  expect(routeAlert({ model: 'm' }, load({}))).toEqual({ kind: 'unknown-model' });
});
