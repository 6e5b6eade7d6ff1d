import { describe, expect, test } from 'vitest';
import { alert as anAlert } from '../../fixtures/decision/input.ts';
import { judgeSigns, signOfAlert } from './judge-signs.ts';
import type { Health, Sign } from './recovery.ts';

describe('an alert', () => {
  const FROM = 10_000;
  test.each<[string, Partial<typeof anAlert>, Health, number | undefined]>([
    ['fires since before', { status: 'firing', startsAt: 5_000 }, 'ill', FROM],
    ['fires since after', { status: 'firing', startsAt: 12_000 }, 'ill', 12_000],
    ['resolved after', { status: 'resolved', endsAt: 12_000 }, 'well', 12_000],
    ['resolved right then', { status: 'resolved', endsAt: FROM }, 'well', FROM],
    ['resolved before', { status: 'resolved', endsAt: 9_999 }, 'unknown', undefined],
  ])('%s', (_, alert, health, since) => {
    const sign = signOfAlert({ alert: { ...anAlert, ...alert }, firings: [] }, FROM);
    expect([sign.health, sign.since]).toEqual([health, since]);
  });
});

describe('all signs together', () => {
  const sign = (kind: Sign['kind'], health: Health, since?: number): Sign => ({
    name: `${kind} ${health}`,
    kind,
    health,
    ...(since !== undefined && { since }),
    seen: '',
  });
  test.each<[string, readonly Sign[], Health, number | undefined]>([
    ['none', [], 'unknown', undefined],
    ['one alert resolved', [sign('alert', 'well', 5)], 'well', 5],
    [
      'two alerts resolved: since the second',
      [sign('alert', 'well', 5), sign('alert', 'well', 9)],
      'well',
      9,
    ],
    ['one alert of two fires', [sign('alert', 'well', 5), sign('alert', 'ill', 3)], 'ill', 3],
    [
      'one alert of two is silent since before',
      [sign('alert', 'well', 5), sign('alert', 'unknown')],
      'unknown',
      undefined,
    ],
    [
      'metrics decide where an alert is silent since before',
      [sign('metric', 'well'), sign('alert', 'unknown')],
      'well',
      undefined,
    ],
    [
      'a metric without data',
      [sign('metric', 'unknown'), sign('alert', 'well', 5)],
      'unknown',
      undefined,
    ],
    [
      'a metric is well and an alert fires',
      [sign('metric', 'well'), sign('alert', 'ill', 7)],
      'ill',
      7,
    ],
  ])('%s', (_, signs, health, since) => {
    const judgement = judgeSigns(signs);
    expect([judgement.health, judgement.since]).toEqual([health, since]);
  });
});
