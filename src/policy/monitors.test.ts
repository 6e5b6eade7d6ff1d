import { describe, expect, test } from 'vitest';
import { load, onlyTarget, policyFor, problemsOf } from './load-policies.fixture.ts';

const monitorsOf = (text: string, shipped: Readonly<Record<string, string>> = {}) =>
  onlyTarget(load({ 'm.yaml': policyFor('m', text) }, shipped)).monitors;

/** The problems of one monitor called `x`, from the line after its name. */
const explain = (entry: string) =>
  problemsOf({ 'm.yaml': policyFor('m', `monitors:\n  x: ${entry}\n`) });

test('a monitor says what it watches, with every gap filled', () => {
  const [one] = monitorsOf(`
server: main
evidence: { consecutive: 2 }
monitors:
  diversity:
    query: avg(diversity{model="{model}"})
    regression: { worse: lower, by: 20% }
`);
  expect(one).toMatchInlineSnapshot(`
    {
      "every": 30000,
      "follow": {
        "consecutive": 3,
        "coolDown": 600000,
        "recover": 3,
        "settle": 300000,
      },
      "judge": {
        "baseline": {
          "kind": "last-good",
          "reference": 3600000,
        },
        "kind": "regression",
        "rule": {
          "limit": {
            "amount": 0.2,
            "kind": "relative",
            "worse": "lower",
          },
          "minSamples": 3,
          "statistic": {
            "kind": "mean",
          },
          "window": 300000,
        },
      },
      "name": "diversity",
      "repeat": 2,
      "series": {
        "value": "avg(diversity{model="{model}"})",
      },
      "source": {
        "kind": "server",
        "server": "main",
      },
      "urgency": "investigate",
    }
  `);
});

test('each judge is read', () => {
  const kinds = monitorsOf(`
monitors:
  threshold: { query: q, threshold: { above: 2% }, of: p99 }
  outside: { series: s, threshold: { below: -1, above: 1e3 } }
  ratio: { query: q, regression: { worse: higher, by: 1.5x, baseline: same-time, days: 7 } }
  registry: { query: q, regression: { worse: lower, by: +0.05, baseline: registry, registry: r } }
  number: { query: q, regression: { worse: lower, by: 5%, baseline: 0.9 } }
  canary: { canary: { metrics: { p99: { query: q, stable: s, worse: higher, critical: true } } } }
  burn: { query: q, burnRate: { objective: 99.9%, total: t } }
  drift: { query: q, drift: { above: 0.3 } }
  anomaly: { query: q, anomaly: {} }
  change: { query: q, changePoint: { worse: lower } }
  early: { query: q, earlyWarning: { below: 0.5, within: 30m } }
  share: { query: q, share: { total: t, above: 0.1% } }
  loss: { query: q, impact: { perMinute: 100 } }
  cost: { query: q, impact: { perInference: 0.01, inferences: i } }
  both: { composite: { of: [share, loss], when: 60%, weights: { loss: 2 } } }
`);
  expect(kinds.map(({ judge }) => judge.kind)).toEqual([
    'threshold',
    'threshold',
    'regression',
    'regression',
    'regression',
    'canary',
    'burn-rate',
    'drift',
    'anomaly',
    'change-point',
    'early-warning',
    'share',
    'impact',
    'impact',
    'composite',
  ]);
  expect(kinds.map(({ series }) => Object.keys(series).join(' '))).toEqual([
    'value',
    'value',
    'value',
    'value registry',
    'value',
    'canary p99 stable p99',
    'value total',
    'value',
    'value',
    'value',
    'value',
    'value total',
    'value',
    'value inferences',
    '',
  ]);
});

test('layers lay over each other, and one leaves out what another has', () => {
  const preset = `
monitors:
  p99: { query: q, threshold: { above: 200 }, urgency: watch }
  errors: { query: e, threshold: { above: 5% } }
`;
  const [p99, ...others] = monitorsOf(
    `extends: usual
server: main
monitors: { p99: { threshold: { above: 300 } }, errors: { enabled: false } }`,
    { usual: preset },
  );
  expect(p99).toMatchObject({
    source: { kind: 'server', server: 'main' },
    judge: { rule: { bad: { than: 300 } } },
    urgency: 'watch',
  });
  expect(others).toEqual([]);
});

describe('mistakes', () => {
  test.each([
    ['no judge', '{ query: q }'],
    ['two judges', '{ query: q, threshold: { above: 1 }, anomaly: {} }'],
    ['nothing to read', '{ threshold: { above: 1 } }'],
    ['two things to read', '{ query: q, series: s, threshold: { above: 1 } }'],
    ['no bound', '{ query: q, threshold: {} }'],
    ['no side', '{ query: q, regression: { by: 5% } }'],
    ['the wrong side', '{ query: q, regression: { worse: lower, by: 1.5x } }'],
    ['a number that is none', '{ query: q, threshold: { above: lots } }'],
    ['a share that is none', '{ query: q, share: { total: t, above: 120% } }'],
    ['a window too short', '{ query: q, threshold: { above: 1 }, every: 1m, window: 1m }'],
    ['too much to keep', '{ query: q, threshold: { above: 1 }, every: 5s, window: 7d }'],
    ['looks too close', '{ query: q, threshold: { above: 1 }, every: 1s }'],
    ['half of a canary', '{ canary: { metrics: { p99: { query: q } } } }'],
    ['an unknown part', '{ composite: { of: [a, b] } }'],
    ['an unknown key', '{ query: q, treshold: { above: 1 } }'],
  ])('%s', (_, entry) => {
    expect(explain(entry)).toMatchSnapshot();
  });
});
