import { DAY, HOUR, MINUTE, type Instant } from '../time.ts';
import { ANOMALY_DEFAULTS } from './anomaly/detect.ts';
import { KAYENTA_DEFAULTS } from './canary/classify-metric.ts';
import { baselineSpan, evaluate, type Outcome, type Tick } from './evaluate.ts';
import { BURN_WINDOWS } from './judge-burn-rate.ts';
import { CHANGE_POINT_DEFAULTS } from './judge-change-point.ts';
import { lively, RELEASED } from './judge.fixture.ts';
import type { BaselineRule, JudgeRule, Monitor } from './monitor.ts';
import type { MonitorState, ReleaseFacts } from './monitor-state.ts';
import type { Sample } from './series.ts';

const WINDOW = 30 * MINUTE;
const mean = { kind: 'mean' } as const;

export const RELEASE: ReleaseFacts = {
  commit: 'suspect',
  releasedAt: RELEASED,
  lastGood: { from: RELEASED - 10 * DAY, until: RELEASED },
};

function regression(baseline: BaselineRule): JudgeRule {
  const limit = { kind: 'relative', amount: 0.2, worse: 'higher' } as const;
  const rule = { window: WINDOW, statistic: mean, limit, minSamples: 3 };
  return { kind: 'regression', rule, baseline };
}

/** A judge of every kind as a policy has it, and the names of what it reads. */
export const KINDS: Readonly<Record<string, readonly [JudgeRule, ...string[]]>> = {
  threshold: [
    {
      kind: 'threshold',
      rule: {
        window: WINDOW,
        statistic: mean,
        bad: { kind: 'greater', than: 120 },
        minSamples: 3,
      },
    },
    'value',
  ],
  'threshold of a rate': [
    {
      kind: 'threshold',
      rule: {
        window: WINDOW,
        statistic: { kind: 'rate' },
        bad: { kind: 'greater', than: 120 },
        minSamples: 3,
      },
    },
    'value',
  ],
  'regression, last good': [regression({ kind: 'last-good', reference: HOUR }), 'value'],
  'regression, same time': [regression({ kind: 'same-time', days: 3 }), 'value'],
  'regression, number': [regression({ kind: 'number', value: 100 }), 'value'],
  'regression, registry': [regression({ kind: 'registry' }), 'value', 'registry'],
  canary: [
    {
      kind: 'canary',
      rule: {
        window: WINDOW,
        pass: 75,
        marginal: 50,
        weights: {},
        minSamples: 10,
        silentAfter: 8 * MINUTE,
      },
      metrics: [{ name: 'm', groups: ['all'], rule: KAYENTA_DEFAULTS }],
    },
    'canary m',
    'stable m',
  ],
  'burn rate, share': [
    {
      kind: 'burn-rate',
      counters: false,
      rule: {
        objective: 0.99,
        period: 30 * DAY,
        windows: BURN_WINDOWS.slice(0, 2),
        minSamples: 3,
      },
    },
    'value',
  ],
  'burn rate, counters': [
    {
      kind: 'burn-rate',
      counters: true,
      rule: {
        objective: 0.99,
        period: 30 * DAY,
        windows: BURN_WINDOWS.slice(0, 2),
        minSamples: 3,
      },
    },
    'value',
    'total',
  ],
  'drift, psi': [
    {
      kind: 'drift',
      histogram: false,
      reference: HOUR,
      rule: { window: WINDOW, measure: 'psi', bound: 0.3, alpha: 0.001, minSamples: 15 },
    },
    'value',
  ],
  'drift, ks': [
    {
      kind: 'drift',
      histogram: false,
      reference: HOUR,
      rule: { window: WINDOW, measure: 'ks', bound: 0.3, alpha: 0.001, minSamples: 15 },
    },
    'value',
  ],
  'drift, histogram': [
    {
      kind: 'drift',
      histogram: true,
      reference: HOUR,
      rule: { window: WINDOW, measure: 'psi', bound: 0.3, alpha: 0.001, minSamples: 15 },
    },
    'le 50',
    'le 100',
    'le +Inf',
  ],
  anomaly: [
    {
      kind: 'anomaly',
      rule: { ...ANOMALY_DEFAULTS, memory: DAY, warmUp: HOUR, window: WINDOW, trustAfter: DAY },
    },
    'value',
  ],
  'change point': [
    {
      kind: 'change-point',
      window: HOUR,
      reference: HOUR,
      rule: { ...CHANGE_POINT_DEFAULTS, worse: 'either' },
    },
    'value',
  ],
  'early warning': [
    {
      kind: 'early-warning',
      rule: {
        window: WINDOW,
        bound: 120,
        worse: 'higher',
        horizon: HOUR,
        confidence: 0.9,
        minSamples: 10,
      },
    },
    'value',
  ],
  share: [{ kind: 'share', window: WINDOW, bound: 0.02, alphaPerDay: 0.05 }, 'value', 'total'],
  'impact, per minute': [
    {
      kind: 'impact',
      reference: HOUR,
      rule: {
        kind: 'per-minute',
        window: WINDOW,
        bound: 50,
        price: 2,
        worse: 'lower',
        minSamples: 3,
      },
    },
    'value',
  ],
  'impact, per inference': [
    {
      kind: 'impact',
      reference: HOUR,
      rule: { kind: 'per-inference', window: WINDOW, bound: 50, minSamples: 3 },
    },
    'value',
    'inferences',
  ],
};

/** Those that take what was before the release from the same series: as what is usual, never as evidence. */
export const WITH_HISTORY = ['regression, same time', 'anomaly'];

export function monitorOf(kind: string): Monitor {
  const [judge, ...series] = KINDS[kind] ?? [];
  if (!judge) throw new Error(`There is no ${kind}.`);
  return {
    name: kind,
    source: { kind: 'pushed' },
    series: Object.fromEntries(series.map((name) => [name, name])),
    judge,
    every: MINUTE,
    urgency: 'immediate',
    follow: { consecutive: 2, recover: 2, coolDown: 0, settle: 0 },
    repeat: 1,
  };
}

export type Feed = Readonly<Record<string, readonly Sample[]>>;

/** What the last good release measured in its last hour, of every series. */
export function goodHour(kind: string): Feed {
  const [, ...series] = KINDS[kind] ?? [];
  const at = (i: number) => RELEASED - (60 - i) * MINUTE;
  return Object.fromEntries(
    series.map((name) => [name, lively(100, 3, 60).map((value, i) => ({ at: at(i), value }))]),
  );
}

/** Looks each minute after the release, at what `arrives` brings for each; answers a copy of every outcome. */
export function lookOften(
  kind: string,
  minutes: number,
  arrives: (now: Instant, index: number) => Feed,
  baseline: Feed = goodHour(kind),
): Outcome[] {
  const monitor = monitorOf(kind);
  const outcomes: Outcome[] = [];
  let state: MonitorState | undefined;
  for (let i = 1; i <= minutes; i += 1) {
    const now = RELEASED + i * MINUTE;
    const wanted = baselineSpan(monitor, state, RELEASE);
    const tick: Tick = {
      now,
      release: RELEASE,
      samples: arrives(now, i),
      ...(wanted && { baseline }),
    };
    const outcome = evaluate(monitor, state, tick);
    outcomes.push(outcome);
    ({ state } = outcome);
  }
  return outcomes;
}
