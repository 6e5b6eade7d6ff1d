import { ANOMALY_DEFAULTS } from '../monitors/anomaly/detect.ts';
import { CHANGE_POINT_DEFAULTS } from '../monitors/judge-change-point.ts';
import type { Bound } from '../monitors/judge-threshold.ts';
import type { BaselineRule, JudgeRule } from '../monitors/monitor.ts';
import { DAY, HOUR } from '../time.ts';
import { DEFAULT_WINDOW, FEW, MEAN, type Given, type Missing, type Tell } from './judge-entry.ts';
import type { MonitorEntry } from './schema/monitors.ts';
import { DEFAULT_REFERENCE } from './monitor-values.ts';
import { burnRate, canary, drift, impact, share } from './resolve-counting-judge.ts';

/** The one judge of a monitor, with its gaps filled; undefined when it lacks something, which is told. */
export function resolveJudge(entry: MonitorEntry, tell: Tell): JudgeRule | undefined {
  const lacks =
    (judge: string): Missing =>
    (key, expected) =>
      tell([judge], `has no \`${judge}.${key}\``, expected);
  if (entry.threshold) return threshold(entry.threshold, entry, lacks('threshold'), tell);
  if (entry.regression) return regression(entry.regression, entry, lacks('regression'), tell);
  if (entry.canary) return canary(entry.canary, entry, lacks('canary'), tell);
  if (entry.burnRate) return burnRate(entry.burnRate, entry, lacks('burnRate'));
  if (entry.drift) return drift(entry.drift, entry, lacks('drift'));
  if (entry.anomaly) return anomaly(entry.anomaly, entry);
  if (entry.changePoint) return changePoint(entry.changePoint, entry);
  if (entry.earlyWarning) return earlyWarning(entry.earlyWarning, entry, lacks('earlyWarning'));
  if (entry.share) return share(entry.share, entry, lacks('share'));
  if (entry.impact) return impact(entry.impact, entry, lacks('impact'));
  return composite(entry.composite ?? {}, lacks('composite'));
}

function threshold(
  threshold: Given<'threshold'>,
  entry: MonitorEntry,
  missing: Missing,
  tell: Tell,
): JudgeRule | undefined {
  const { window = DEFAULT_WINDOW, of = MEAN, minSamples = FEW } = entry;
  const bad = boundOf(threshold);
  if (!bad) return missing('above', '`above`, `below`, or both');
  if (bad.kind === 'outside' && bad.low >= bad.high) {
    return tell(['threshold'], 'has nothing between `below` and `above`', '`below` < `above`');
  }
  return { kind: 'threshold', rule: { window, statistic: of, bad, minSamples } };
}

function regression(
  regression: Given<'regression'>,
  entry: MonitorEntry,
  missing: Missing,
  tell: Tell,
): JudgeRule | undefined {
  const { window = DEFAULT_WINDOW, of = MEAN, minSamples = FEW } = entry;
  const { worse, by, baseline = 'last-good' } = regression;
  if (!by) return missing('by', 'how much worse is bad, such as 20% or 1.5x');
  if (!worse) return missing('worse', 'one of higher, lower');
  if (by.kind === 'ratio' && by.amount > 1 !== (worse === 'higher')) {
    const side = worse === 'higher' ? 'more' : 'less';
    return tell(
      ['regression', 'by'],
      `is bad at ${by.amount}x`,
      `${side} than 1x when ${worse} is worse`,
    );
  }
  if (baseline === 'registry' && regression.registry === undefined) {
    return missing('registry', 'the query that has the number of the registry');
  }
  const rule = { window, statistic: of, limit: { ...by, worse }, minSamples };
  return { kind: 'regression', rule, baseline: baselineOf(baseline, regression) };
}

function anomaly(anomaly: Given<'anomaly'>, entry: MonitorEntry): JudgeRule {
  const { window = DEFAULT_WINDOW, minSamples } = entry;
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

function changePoint(changePoint: Given<'changePoint'>, entry: MonitorEntry): JudgeRule {
  const { window, minSamples } = entry;
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
    window: window ?? 6 * HOUR,
    reference,
  };
}

function earlyWarning(
  earlyWarning: Given<'earlyWarning'>,
  entry: MonitorEntry,
  missing: Missing,
): JudgeRule | undefined {
  const { window, minSamples } = entry;
  const { above, below, within = HOUR, confidence = 0.9 } = earlyWarning;
  const bound = above ?? below;
  if (bound === undefined || (above !== undefined && below !== undefined)) {
    return missing('above', '`above` or `below`');
  }
  return {
    kind: 'early-warning',
    rule: {
      window: window ?? HOUR,
      bound,
      worse: above === undefined ? 'lower' : 'higher',
      horizon: within,
      confidence,
      minSamples: minSamples ?? 10,
    },
  };
}
function composite(composite: Given<'composite'>, missing: Missing): JudgeRule | undefined {
  const { of: names = [], when = 'all', weights = {} } = composite;
  if (names.length === 0) return missing('of', 'the monitors it is made of');
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
