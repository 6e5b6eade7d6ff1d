/** Judges of distributions, counters and money, and of a canary: with their gaps filled. */
import { KAYENTA_DEFAULTS } from '../monitors/canary/classify-metric.ts';
import { BURN_WINDOWS } from '../monitors/judge-burn-rate.ts';
import type { JudgeRule } from '../monitors/monitor.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { DEFAULT_WINDOW, FEW, type Given, type Missing, type Tell } from './judge-entry.ts';
import type { MonitorEntry } from './schema/monitors.ts';
import { DEFAULT_REFERENCE } from './monitor-values.ts';

export function canary(
  canary: Given<'canary'>,
  entry: MonitorEntry,
  missing: Missing,
  tell: Tell,
): JudgeRule | undefined {
  const { window, minSamples } = entry;
  const metrics = Object.entries(canary.metrics ?? {});
  if (metrics.length === 0) return missing('metrics', 'at least one metric');
  const { pass = 75, marginal = 50, weights = {}, silentAfter = 8 * MINUTE } = canary;
  if (marginal > pass) {
    return tell(['canary', 'marginal'], 'has `marginal` above `pass`', 'at most `pass`');
  }
  return {
    kind: 'canary',
    rule: {
      window: window ?? HOUR,
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

export function burnRate(
  burnRate: Given<'burnRate'>,
  entry: MonitorEntry,
  missing: Missing,
): JudgeRule | undefined {
  const { minSamples = FEW } = entry;
  const { objective, period = 30 * DAY, windows = 'fast', total } = burnRate;
  if (objective === undefined) return missing('objective', 'such as 99.9%');
  const pairs =
    windows === 'all'
      ? BURN_WINDOWS
      : windows === 'fast'
        ? BURN_WINDOWS.slice(0, 2)
        : BURN_WINDOWS.slice(2);
  const rule = { objective, period, windows: pairs, minSamples };
  return { kind: 'burn-rate', rule, counters: total !== undefined };
}

export function drift(
  drift: Given<'drift'>,
  entry: MonitorEntry,
  missing: Missing,
): JudgeRule | undefined {
  const { window, minSamples } = entry;
  const { measure = 'psi', above, alpha = 0.001, reference = DAY, histogram = false } = drift;
  if (above === undefined) return missing('above', 'such as 0.3');
  return {
    kind: 'drift',
    rule: {
      window: window ?? HOUR,
      measure,
      bound: above,
      alpha,
      minSamples: minSamples ?? 50,
    },
    reference,
    histogram,
  };
}

export function share(
  share: Given<'share'>,
  entry: MonitorEntry,
  missing: Missing,
): JudgeRule | undefined {
  const { window } = entry;
  const { total, above, confidence = 0.95 } = share;
  if (above === undefined) return missing('above', 'such as 0.1%');
  if (total === undefined) return missing('total', 'what counts all events');
  return {
    kind: 'share',
    window: window ?? 30 * MINUTE,
    bound: above,
    alphaPerDay: 1 - confidence,
  };
}

export function impact(
  impact: Given<'impact'>,
  entry: MonitorEntry,
  missing: Missing,
): JudgeRule | undefined {
  const { window = DEFAULT_WINDOW, minSamples = FEW } = entry;
  const { perMinute, perInference, price = 1, worse = 'lower', inferences } = impact;
  const { reference = DEFAULT_REFERENCE } = impact;
  const common = { window, minSamples };
  if (perMinute !== undefined && perInference === undefined) {
    const rule = { ...common, kind: 'per-minute', bound: perMinute, price, worse } as const;
    return { kind: 'impact', rule, reference };
  }
  if (perInference === undefined || perMinute !== undefined) {
    return missing('perMinute', '`perMinute` or `perInference`');
  }
  if (inferences === undefined) return missing('inferences', 'inferences per minute');
  const rule = { ...common, kind: 'per-inference', bound: perInference } as const;
  return { kind: 'impact', rule, reference };
}
