import { DAY, HOUR, MINUTE, SECOND, formatDuration, type Milliseconds } from '../time.ts';
import { ANOMALY_DEFAULTS } from '../monitors/anomaly/detect.ts';
import { KAYENTA_DEFAULTS } from '../monitors/canary/classify-metric.ts';
import { BURN_WINDOWS } from '../monitors/judge-burn-rate.ts';
import { CHANGE_POINT_DEFAULTS } from '../monitors/judge-change-point.ts';
import type { Bound } from '../monitors/judge-threshold.ts';
import { MOST_KEPT } from '../monitors/kept-samples.ts';
import { reachOf, type BaselineRule, type JudgeRule, type Monitor } from '../monitors/monitor.ts';
import { judges, type MonitorEntry } from './monitor-schema.ts';
import { DEFAULT_REFERENCE } from './monitor-values.ts';
import type { TreePath } from './tree.ts';

/** A mistake in a monitor, at a path below it. */
export interface MonitorProblem {
  readonly path: TreePath;
  readonly message: string;
  readonly expected: string;
  readonly suggestion?: string;
}

export interface ResolvedMonitor {
  readonly name: string;
  /** Absent with a mistake, and for one that is not enabled. */
  readonly monitor?: Monitor;
  readonly problems: readonly MonitorProblem[];
}

interface Surroundings {
  readonly server: string | undefined;
  readonly repeat: number;
}

export const JUDGE_KEYS = Object.keys(judges) as (keyof typeof judges)[];

/** More monitors than this are not about one model. */
export const MOST_MONITORS = 50;

/** Looks closer together than this see the same scrape twice. */
const SHORTEST_EVERY = 5 * SECOND;

/** Fills in defaults, and finds what only the whole of a monitor can tell. */
export function resolveMonitors(
  entries: Readonly<Record<string, MonitorEntry>>,
  around: Surroundings,
): readonly ResolvedMonitor[] {
  const enabled = Object.entries(entries).filter(([, entry]) => entry.enabled !== false);
  const resolved = enabled.map(([name, entry]) => resolveOne(name, entry, around));
  if (enabled.length > MOST_MONITORS) {
    const problem = {
      path: [],
      message: `there are ${enabled.length} monitors`,
      expected: `at most ${MOST_MONITORS} for one model`,
    };
    return [...resolved, { name: '', problems: [problem] }];
  }
  return resolved.map((one) => withPartsChecked(one, resolved));
}

/** Collects mistakes, so that a reader sees all of them at once. */
type Tell = (path: TreePath, message: string, expected: string, suggestion?: string) => undefined;

function resolveOne(name: string, entry: MonitorEntry, around: Surroundings): ResolvedMonitor {
  const problems: MonitorProblem[] = [];
  const quoted = `\`monitors.${name}\``;
  const tell: Tell = (path, message, expected, suggestion) => {
    const more = suggestion === undefined ? {} : { suggestion };
    problems.push({ path, message: `${quoted} ${message}`, expected, ...more });
    return undefined;
  };
  const given = JUDGE_KEYS.filter((key) => entry[key] !== undefined);
  const [only] = given;
  if (only === undefined || given.length > 1) {
    const message = only === undefined ? 'has no judge' : `has the judges ${given.join(' and ')}`;
    const suggestion = only === undefined ? undefined : 'give the second a name of its own';
    tell(given.slice(1, 2), message, `exactly one of ${JUDGE_KEYS.join(', ')}`, suggestion);
    return { name, problems };
  }
  const { every = defaultEvery(only, entry) } = entry;
  if (every < SHORTEST_EVERY || every > DAY) {
    tell(['every'], `looks every ${formatDuration(every)}`, 'a time from 5s to 1d');
    return { name, problems };
  }
  const judge = resolveJudge(entry, tell);
  const source = resolveSource(entry, only, around, tell);
  const series = resolveSeries(entry, only, tell);
  if (!judge || !source || !series) return { name, problems };
  const after = entry.noData?.after ?? 15 * MINUTE;
  const monitor: Monitor = {
    name,
    source,
    series,
    judge,
    every,
    urgency: entry.urgency ?? 'investigate',
    follow: {
      consecutive: entry.consecutive ?? 3,
      recover: entry.recover ?? 3,
      coolDown: entry.coolDown ?? 10 * MINUTE,
      settle: entry.settle ?? 5 * MINUTE,
      ...(entry.noData?.means === 'bad' && { noDataAfter: after }),
    },
    repeat: around.repeat,
  };
  checkSizes(monitor, tell);
  return problems.length > 0 ? { name, problems } : { name, monitor, problems };
}

/** What reaches back for days looks less often, as each look is kept. */
function defaultEvery(judge: (typeof JUDGE_KEYS)[number], entry: MonitorEntry): Milliseconds {
  if (judge === 'anomaly') return 5 * MINUTE;
  return entry.regression?.baseline === 'same-time' ? MINUTE : 30 * SECOND;
}

function resolveSource(
  entry: MonitorEntry,
  judge: (typeof JUDGE_KEYS)[number],
  { server: common }: Surroundings,
  tell: Tell,
): Monitor['source'] | undefined {
  if (judge === 'composite') {
    const given = (['query', 'series', 'server'] as const).find((key) => entry[key] !== undefined);
    if (given === undefined) return { kind: 'parts' };
    return tell([given], `is composite and has \`${given}\``, 'only its parts');
  }
  if (entry.series !== undefined && entry.query !== undefined) {
    return tell(['series'], 'has a query and a pushed series', '`query` or `series`');
  }
  if (entry.series !== undefined) return { kind: 'pushed' };
  const server = entry.server ?? common;
  return { kind: 'server', ...(server !== undefined && { server }) };
}

function resolveSeries(
  entry: MonitorEntry,
  judge: (typeof JUDGE_KEYS)[number],
  tell: Tell,
): Monitor['series'] | undefined {
  if (judge === 'composite') return {};
  if (judge === 'canary') {
    const found = Object.entries(entry.canary?.metrics ?? {}).flatMap(([name, metric]) => {
      const { query, stable } = metric;
      if (query === undefined || stable === undefined) {
        const missing = query === undefined ? 'query' : 'stable';
        tell(['canary', 'metrics', name], `has no \`${missing}\` for ${name}`, 'both');
        return [];
      }
      return [[`canary ${name}`, query] as const, [`stable ${name}`, stable] as const];
    });
    return Object.fromEntries(found);
  }
  const value = entry.query ?? entry.series;
  if (value === undefined) return tell([], 'reads nothing', '`query` or `series`');
  const more = {
    total: entry.share?.total ?? entry.burnRate?.total,
    registry: entry.regression?.baseline === 'registry' ? entry.regression.registry : undefined,
    inferences: entry.impact?.inferences,
  };
  const known = Object.entries(more).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  return { value, ...Object.fromEntries(known) };
}

function resolveJudge(entry: MonitorEntry, tell: Tell): JudgeRule | undefined {
  const { window = 5 * MINUTE, minSamples } = entry;
  const { threshold, regression, canary, burnRate, drift, anomaly, changePoint } = entry;
  const { earlyWarning, share, impact, composite } = entry;
  const of = entry.of ?? { kind: 'mean' };
  const few = minSamples ?? 3;
  const missing = (judge: string, key: string, expected: string) =>
    tell([judge], `has no \`${judge}.${key}\``, expected);
  if (threshold) {
    const bad = boundOf(threshold);
    if (!bad) return missing('threshold', 'above', '`above`, `below`, or both');
    if (bad.kind === 'outside' && bad.low >= bad.high) {
      return tell(['threshold'], 'has nothing between `below` and `above`', '`below` < `above`');
    }
    return { kind: 'threshold', rule: { window, statistic: of, bad, minSamples: few } };
  }
  if (regression) {
    const { worse, by, baseline = 'last-good' } = regression;
    if (!by) return missing('regression', 'by', 'how much worse is bad, such as 20% or 1.5x');
    if (!worse) return missing('regression', 'worse', 'one of higher, lower');
    if (by.kind === 'ratio' && by.amount > 1 !== (worse === 'higher')) {
      const side = worse === 'higher' ? 'more' : 'less';
      return tell(
        ['regression', 'by'],
        `is bad at ${by.amount}x`,
        `${side} than 1x when ${worse} is worse`,
      );
    }
    if (baseline === 'registry' && regression.registry === undefined) {
      return missing('regression', 'registry', 'the query that has the number of the registry');
    }
    const rule = { window, statistic: of, limit: { ...by, worse }, minSamples: few };
    return { kind: 'regression', rule, baseline: baselineOf(baseline, regression) };
  }
  if (canary) {
    const metrics = Object.entries(canary.metrics ?? {});
    if (metrics.length === 0) return missing('canary', 'metrics', 'at least one metric');
    const { pass = 75, marginal = 50, weights = {}, silentAfter = 8 * MINUTE } = canary;
    if (marginal > pass) {
      return tell(['canary', 'marginal'], 'has `marginal` above `pass`', 'at most `pass`');
    }
    return {
      kind: 'canary',
      rule: {
        window: entry.window ?? HOUR,
        pass,
        marginal,
        weights,
        minSamples: minSamples ?? 50,
        silentAfter,
      },
      metrics: metrics.map(([name, { group, worse, critical, mustHaveData }]) => ({
        name,
        groups: [group ?? name],
        rule: {
          ...KAYENTA_DEFAULTS,
          direction: worse === 'higher' ? 'increase' : worse === 'lower' ? 'decrease' : 'either',
          critical: critical ?? false,
          mustHaveData: mustHaveData ?? false,
        },
      })),
    };
  }
  if (burnRate) {
    const { objective, period = 30 * DAY, windows = 'fast', total } = burnRate;
    if (objective === undefined) return missing('burnRate', 'objective', 'such as 99.9%');
    const pairs =
      windows === 'all'
        ? BURN_WINDOWS
        : windows === 'fast'
          ? BURN_WINDOWS.slice(0, 2)
          : BURN_WINDOWS.slice(2);
    const rule = { objective, period, windows: pairs, minSamples: few };
    return { kind: 'burn-rate', rule, counters: total !== undefined };
  }
  if (drift) {
    const { measure = 'psi', above, alpha = 0.001, reference = DAY, histogram = false } = drift;
    if (above === undefined) return missing('drift', 'above', 'such as 0.3');
    return {
      kind: 'drift',
      rule: {
        window: entry.window ?? HOUR,
        measure,
        bound: above,
        alpha,
        minSamples: minSamples ?? 50,
      },
      reference,
      histogram,
    };
  }
  if (anomaly) {
    const { level, season, shift, warmUp, trustAfter = DAY } = anomaly;
    return {
      kind: 'anomaly',
      rule: {
        ...ANOMALY_DEFAULTS,
        ...(level !== undefined && { levelBound: level }),
        ...(season !== undefined && { seasonBound: season }),
        ...(shift !== undefined && { shiftBound: shift }),
        ...(warmUp !== undefined && { warmUp }),
        ...(minSamples !== undefined && { minSamples }),
        window,
        trustAfter,
      },
    };
  }
  if (changePoint) {
    const { worse = 'either', slack, above, reference = DAY } = changePoint;
    return {
      kind: 'change-point',
      rule: {
        ...CHANGE_POINT_DEFAULTS,
        worse,
        ...(slack !== undefined && { slack }),
        ...(above !== undefined && { bound: above }),
        ...(minSamples !== undefined && { minSamples }),
      },
      window: entry.window ?? 6 * HOUR,
      reference,
    };
  }
  if (earlyWarning) {
    const { above, below, within = HOUR, confidence = 0.9 } = earlyWarning;
    const bound = above ?? below;
    if (bound === undefined || (above !== undefined && below !== undefined)) {
      return missing('earlyWarning', 'above', '`above` or `below`');
    }
    return {
      kind: 'early-warning',
      rule: {
        window: entry.window ?? HOUR,
        bound,
        worse: above === undefined ? 'lower' : 'higher',
        horizon: within,
        confidence,
        minSamples: minSamples ?? 10,
      },
    };
  }
  if (share) {
    const { total, above, confidence = 0.95 } = share;
    if (above === undefined) return missing('share', 'above', 'such as 0.1%');
    if (total === undefined) return missing('share', 'total', 'what counts all events');
    return {
      kind: 'share',
      window: entry.window ?? 30 * MINUTE,
      bound: above,
      alphaPerDay: 1 - confidence,
    };
  }
  if (impact) {
    const { perMinute, perInference, price = 1, worse = 'lower', inferences } = impact;
    const { reference = DEFAULT_REFERENCE } = impact;
    const common = { window, minSamples: few };
    if (perMinute !== undefined && perInference === undefined) {
      const rule = { ...common, kind: 'per-minute', bound: perMinute, price, worse } as const;
      return { kind: 'impact', rule, reference };
    }
    if (perInference === undefined || perMinute !== undefined) {
      return missing('impact', 'perMinute', '`perMinute` or `perInference`');
    }
    if (inferences === undefined) return missing('impact', 'inferences', 'inferences per minute');
    const rule = { ...common, kind: 'per-inference', bound: perInference } as const;
    return { kind: 'impact', rule, reference };
  }
  const { of: names = [], when = 'all', weights = {} } = composite ?? {};
  if (names.length === 0) return missing('composite', 'of', 'the monitors it is made of');
  return {
    kind: 'composite',
    rule:
      when === 'any' || when === 'all' ? { kind: `${when}-of` } : { kind: 'weights', bound: when },
    parts: names.map((name) => ({ name, weight: weights[name] ?? 1 })),
  };
}

function boundOf({ above, below }: NonNullable<MonitorEntry['threshold']>): Bound | undefined {
  if (above !== undefined && below !== undefined) {
    return { kind: 'outside', low: below, high: above };
  }
  if (above !== undefined) return { kind: 'greater', than: above };
  return below === undefined ? undefined : { kind: 'less', than: below };
}

function baselineOf(
  baseline: BaselineRule['kind'] | number,
  { reference = DEFAULT_REFERENCE, days = 5 }: NonNullable<MonitorEntry['regression']>,
): BaselineRule {
  if (typeof baseline === 'number') return { kind: 'number', value: baseline };
  if (baseline === 'same-time') return { kind: 'same-time', days };
  return baseline === 'last-good' ? { kind: 'last-good', reference } : { kind: 'registry' };
}

/** A monitor that could never say anything, or that would keep too much, is a mistake. */
function checkSizes(monitor: Monitor, tell: Tell): void {
  const { judge, every } = monitor;
  const samples = Math.ceil(reachOf(monitor) / every);
  if (samples > MOST_KEPT) {
    const message = `would keep ${samples} samples of each series`;
    tell(['every'], message, `at most ${MOST_KEPT}`, 'look less often, or reach less far back');
  }
  if (judge.kind === 'composite' || judge.kind === 'burn-rate' || judge.kind === 'anomaly') return;
  if (judge.kind === 'drift' && judge.histogram) return;
  const window = windowOf(judge);
  const least =
    judge.kind === 'share' ? 2 : judge.kind === 'change-point' ? 1 : judge.rule.minSamples;
  const most = Math.floor(window / every) + 1;
  if (most >= least) return;
  tell(
    ['window'],
    `looks every ${formatDuration(every)} at ${formatDuration(window)}, which holds ${most} of the ${least} samples it needs`,
    'a window that holds enough samples',
    'make the window longer, or `minSamples` smaller',
  );
}

function windowOf(judge: Exclude<JudgeRule, { kind: 'composite' | 'burn-rate' }>): Milliseconds {
  return 'window' in judge ? judge.window : judge.rule.window;
}

/** The parts of a composite are other monitors of the target that can be bad. */
function withPartsChecked(one: ResolvedMonitor, all: readonly ResolvedMonitor[]): ResolvedMonitor {
  const { monitor, name } = one;
  if (monitor?.judge.kind !== 'composite') return one;
  const usable = all.filter((other) => {
    const kind = other.monitor?.judge.kind;
    return kind !== undefined && kind !== 'composite' && kind !== 'early-warning';
  });
  const known = usable.map((other) => other.name);
  const unknown = monitor.judge.parts.find((part) => !known.includes(part.name));
  if (!unknown) return one;
  // One with a mistake is told of by itself.
  if (all.some((other) => other.name === unknown.name && other.problems.length > 0)) return one;
  const problem = {
    path: ['composite', 'of'],
    message: `\`monitors.${name}\` is made of ${JSON.stringify(unknown.name)}, which is no monitor that can be bad`,
    expected: known.length === 0 ? 'monitors of this target' : `some of ${known.join(', ')}`,
  };
  return { name, problems: [problem] };
}
