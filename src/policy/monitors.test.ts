import { describe, expect, test } from 'vitest';
import { isWatched } from '../monitors/monitor.ts';
import { unwatchedSentence } from '../texts/monitors.ts';
import { unwatchedOf } from './unwatched.ts';
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

describe('monitors of a preset', () => {
  const preset = `
monitors:
  accuracy: { threshold: { below: 0.85 }, urgency: immediate }
  accuracy-drop: { reads: accuracy, regression: { worse: lower, by: 5% } }
  loss: { impact: { worse: lower } }
  both: { composite: { of: [accuracy, loss], when: any } }
`;
  const targetOf = (text: string) =>
    onlyTarget(load({ 'm.yaml': policyFor('m', `extends: usual\n${text}`) }, { usual: preset }));
  const watched = (text: string) => {
    const { monitors, waiting } = targetOf(text);
    return [monitors.filter(isWatched).map(({ name }) => name), waiting];
  };

  test('wait for something to read, and a whole for its parts', () => {
    expect(watched('server: main')).toEqual([[], ['accuracy', 'accuracy-drop', 'loss', 'both']]);
    expect(watched('')).toEqual([[], ['accuracy', 'accuracy-drop', 'loss', 'both']]);
  });

  test('are watched once they have it, and those that read the same with them', () => {
    expect(watched('server: main\nmonitors: { accuracy: { query: q } }')).toEqual([
      ['accuracy', 'accuracy-drop'],
      ['loss', 'both'],
    ]);
    const text = 'monitors: { accuracy: { series: s, enabled: false }, both: { enabled: false } }';
    expect(watched(text)).toEqual([['accuracy-drop'], ['loss']]);
    const drop = targetOf('server: main\nmonitors: { accuracy: { query: q } }').monitors[1];
    expect(drop).toMatchObject({ series: { value: 'q' }, source: { server: 'main' } });
    const own = 'server: main\nmonitors: { accuracy: { query: q }, accuracy-drop: { query: o } }';
    expect(targetOf(own).monitors[1]).toMatchObject({ series: { value: 'o' } });
  });

  test('have another judge where the policy, or a preset above, says so', () => {
    const kindsOf = (text: string) => targetOf(text).monitors.map(({ judge }) => judge.kind);
    expect(kindsOf('monitors: { accuracy: { query: q, anomaly: {} } }')).toEqual([
      'anomaly',
      'regression',
    ]);
    const own = 'extends: usual\nmonitors: { accuracy: { query: q, changePoint: {} } }';
    const files = { 'm.yaml': policyFor('m', 'extends: own') };
    const { monitors } = onlyTarget(load(files, { usual: preset, own }));
    expect(monitors.map(({ judge }) => judge.kind)).toEqual(['change-point', 'regression']);
    expect(monitors[0]?.urgency).toBe('immediate');
  });

  test('that have a query and no server are told of', () => {
    const target = targetOf('monitors: { accuracy: { query: q } }');
    const found = unwatchedOf(target);
    expect(found && unwatchedSentence(found)).toMatchInlineSnapshot(
      `"Not watched: loss and both of its presets, until the policy gives a \`query\`; accuracy and accuracy-drop, until the policy names a \`server\`."`,
    );
    expect(unwatchedOf({ monitors: [], waiting: [] })).toBeUndefined();
  });

  test.each([
    ['another bound and nothing to read', 'monitors: { accuracy: { threshold: { below: 0.9 } } }'],
    ['another bound for what reads the same', 'monitors: { accuracy-drop: { window: 1h } }'],
    ['a query and no amount', 'server: main\nmonitors: { loss: { query: q } }'],
    ['two judges', 'monitors: { accuracy: { query: q, anomaly: {}, drift: { above: 1 } } }'],
  ])('%s is a mistake', (_, text) => {
    const file = policyFor('m', `extends: usual\n${text}`);
    expect(problemsOf({ 'm.yaml': file }, { usual: preset })).toMatchSnapshot();
  });
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
    ['a drift that everything is beyond', '{ query: q, drift: { above: -1 } }'],
    [
      'a cost that everything is beyond',
      '{ query: q, impact: { perInference: 0, inferences: i } }',
    ],
    ['a negative slack', '{ query: q, changePoint: { slack: -1 } }'],
    ['a share that is none', '{ query: q, share: { total: t, above: 120% } }'],
    ['a window too short', '{ query: q, threshold: { above: 1 }, every: 1m, window: 1m }'],
    [
      'a window that holds too few',
      '{ query: q, threshold: { above: 1 }, every: 5s, window: 10s }',
    ],
    ['history of a release that is new', `{ query: 'q{v="{version}"}', anomaly: {} }`],
    [
      'earlier days of a release that is new',
      `{ query: 'q{c="{release_commit}"}', regression: { worse: lower, by: 5%, baseline: same-time } }`,
    ],
    ['too much to keep', '{ query: q, threshold: { above: 1 }, every: 5s, window: 7d }'],
    ['looks too close', '{ query: q, threshold: { above: 1 }, every: 1s }'],
    ['a histogram that is pushed', '{ series: s, drift: { above: 0.3, histogram: true } }'],
    ['reading what nobody has', '{ reads: y, threshold: { above: 1 } }'],
    ['reading itself', '{ reads: x, threshold: { above: 1 } }'],
    ['half of a canary', '{ canary: { metrics: { p99: { query: q } } } }'],
    ['an unknown part', '{ composite: { of: [a, b] } }'],
    ['an unknown key', '{ query: q, treshold: { above: 1 } }'],
  ])('%s', (_, entry) => {
    expect(explain(entry)).toMatchSnapshot();
  });
});
