import { DAY, type Instant } from '../time.ts';
import { alphaOfLook } from './alpha-spending.ts';
import { judgeAnomaly } from './judge-anomaly.ts';
import { judgeBurnRate } from './judge-burn-rate.ts';
import { judgeCanary } from './judge-canary.ts';
import { judgeChangePoint } from './judge-change-point.ts';
import { judgeComposite } from './judge-composite.ts';
import { judgeDrift } from './judge-drift.ts';
import { judgeEarlyWarning } from './judge-early-warning.ts';
import { judgeHistograms } from './judge-histograms.ts';
import { judgeImpact } from './judge-impact.ts';
import { judgeRegression, type Baseline } from './judge-regression.ts';
import { judgeShare } from './judge-share.ts';
import { judgeThreshold } from './judge-threshold.ts';
import type { Judgement } from './judgement.ts';
import { keepNone, newest, reading, type KeptSamples } from './kept-samples.ts';
import type { JudgeRule, Monitor } from './monitor.ts';
import type { MonitorState } from './monitor-state.ts';
import type { Samples } from './series.ts';

/** The judgements of other monitors, by name: what a composite reads. */
export type PartJudgements = Readonly<Record<string, Judgement | undefined>>;

/** One look of a monitor at what it keeps. Reads nothing from after `at`. */
export function judge(
  { judge: rule, every }: Monitor,
  state: MonitorState,
  at: Instant,
  parts: PartJudgements,
): Judgement {
  const { releasedAt } = state.release;
  const samples = keptOf(state.kept, 'value');
  const look = { samples, at, releasedAt };
  switch (rule.kind) {
    case 'threshold':
      return judgeThreshold(rule.rule, look);
    case 'regression':
      return judgeRegression(rule.rule, baselineOf(rule, state, at), look);
    case 'canary':
      return judgeCanary(rule.rule, {
        metrics: rule.metrics.map((metric) => ({
          ...metric,
          canary: keptOf(state.kept, `canary ${metric.name}`),
          stable: keptOf(state.kept, `stable ${metric.name}`),
        })),
        at,
        releasedAt,
      });
    case 'burn-rate': {
      const total = keptOf(state.kept, 'total');
      const rate = rule.counters
        ? ({ kind: 'counters', errors: samples, total } as const)
        : ({ kind: 'ratio', samples } as const);
      return judgeBurnRate(rule.rule, rate, look);
    }
    case 'drift':
      return rule.histogram
        ? judgeHistograms(rule.rule, state, look)
        : judgeDrift(rule.rule, keptOf(state.baseline, 'value'), look);
    case 'anomaly':
      return judgeAnomaly(rule.rule, samples, look);
    case 'change-point':
      return judgeChangePoint(
        { ...rule.rule, reference: at },
        keptOf(state.baseline, 'value'),
        look,
        rule.window,
      );
    case 'early-warning':
      return judgeEarlyWarning(rule.rule, look);
    case 'share': {
      // Each look may spend as much as every other one of the day.
      const looks = Math.max(1, Math.round(DAY / every));
      const alpha = alphaOfLook({ alpha: rule.alphaPerDay, looks, shape: 'even' }, 1);
      const { window, bound } = rule;
      return judgeShare(
        { window, bound, confidence: 1 - alpha },
        keptOf(state.kept, 'total'),
        look,
      );
    }
    case 'impact': {
      const perMinute = rule.rule.kind === 'per-minute';
      const other = perMinute ? keptOf(state.baseline, 'value') : keptOf(state.kept, 'inferences');
      return judgeImpact(rule.rule, other, look);
    }
    case 'composite':
      return judgeComposite(
        rule.rule,
        rule.parts.map(({ name, weight }) => ({
          name,
          weight,
          judgement: fresh(parts[name], at - STALE_LOOKS * every, releasedAt) ?? unknown(look),
        })),
      );
  }
}

/** A part that was not judged for so many looks of the whole says nothing. */
const STALE_LOOKS = 3;

const NONE = keepNone();

function keptOf(kept: Readonly<Record<string, KeptSamples>> | undefined, name: string): Samples {
  return reading(kept?.[name] ?? NONE);
}

function baselineOf(
  { rule, baseline }: Extract<JudgeRule, { kind: 'regression' }>,
  state: MonitorState,
  at: Instant,
): Baseline {
  switch (baseline.kind) {
    case 'last-good':
      return { kind: 'last-good', samples: keptOf(state.baseline, 'value') };
    case 'same-time':
      return {
        kind: 'same-time',
        samples: keptOf(state.kept, 'value'),
        days: baseline.days,
      };
    case 'number':
      return baseline;
    case 'registry': {
      const last = newest(state.kept['registry'] ?? NONE, at);
      const known = last && last.at >= at - rule.window ? last.value : Number.NaN;
      return { kind: 'number', value: known };
    }
  }
}

function fresh(
  judgement: Judgement | undefined,
  since: Instant,
  releasedAt: Instant,
): Judgement | undefined {
  const to = judgement?.evidence.to ?? Number.NEGATIVE_INFINITY;
  return to >= since && to >= releasedAt ? judgement : undefined;
}

function unknown({ at, releasedAt }: { at: Instant; releasedAt: Instant }): Judgement {
  return {
    judge: 'composite',
    verdict: 'inconclusive',
    reason: 'no-data',
    evidence: {
      samples: 0,
      from: releasedAt,
      to: at,
      dropped: { nan: 0, infinite: 0, repeated: 0 },
      facts: {},
    },
  };
}
