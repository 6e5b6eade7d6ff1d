import { DAY, type Milliseconds } from '../time.ts';
import type { FollowRule } from './follow.ts';
import type { AnomalyWindowRule } from './judge-anomaly.ts';
import type { BurnRateRule } from './judge-burn-rate.ts';
import type { CanaryRule } from './judge-canary.ts';
import type { ChangePointRule } from './judge-change-point.ts';
import type { CompositeRule } from './judge-composite.ts';
import type { DriftRule } from './judge-drift.ts';
import type { EarlyWarningRule } from './judge-early-warning.ts';
import type { ImpactRule } from './judge-impact.ts';
import type { RegressionRule } from './judge-regression.ts';
import type { ThresholdRule } from './judge-threshold.ts';
import type { MetricRule } from './canary/classify-metric.ts';

/** How pressing it is when a monitor fires; the policy's `respond` says what is done. */
export const URGENCIES = ['immediate', 'investigate', 'watch'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** What a regression is held against. */
export type BaselineRule =
  /** What was recorded at the end of the last good release, so long. */
  | { readonly kind: 'last-good'; readonly reference: Milliseconds }
  /** The same time on so many previous days. */
  | { readonly kind: 'same-time'; readonly days: number }
  /** A number of the policy. */
  | { readonly kind: 'number'; readonly value: number }
  /** What the model's registry says, measured as the series `registry`. */
  | { readonly kind: 'registry' };

/** How a monitor judges what it sees. The window is part of each rule. */
export type JudgeRule =
  | { readonly kind: 'threshold'; readonly rule: ThresholdRule }
  | { readonly kind: 'regression'; readonly rule: RegressionRule; readonly baseline: BaselineRule }
  | {
      readonly kind: 'canary';
      readonly rule: CanaryRule;
      /** Each reads the series `canary <name>` and `stable <name>`. */
      readonly metrics: readonly {
        readonly name: string;
        readonly groups: readonly string[];
        readonly rule: MetricRule;
      }[];
    }
  | { readonly kind: 'burn-rate'; readonly rule: BurnRateRule; readonly counters: boolean }
  | {
      readonly kind: 'drift';
      readonly rule: DriftRule;
      readonly reference: Milliseconds;
      /** The value is a histogram: what its buckets grew by, one series for each bound (`le`). */
      readonly histogram: boolean;
    }
  | { readonly kind: 'anomaly'; readonly rule: AnomalyWindowRule }
  | {
      readonly kind: 'change-point';
      readonly rule: Omit<ChangePointRule, 'reference'>;
      readonly window: Milliseconds;
      readonly reference: Milliseconds;
    }
  | { readonly kind: 'early-warning'; readonly rule: EarlyWarningRule }
  | {
      readonly kind: 'share';
      readonly window: Milliseconds;
      readonly bound: number;
      /** The chance of a false alarm within a day, all looks together. */
      readonly alphaPerDay: number;
    }
  | { readonly kind: 'impact'; readonly rule: ImpactRule; readonly reference: Milliseconds }
  | {
      readonly kind: 'composite';
      readonly rule: CompositeRule;
      /** Other monitors of the same target. */
      readonly parts: readonly { readonly name: string; readonly weight: number }[];
    };

/** A metric of a target that Lastgood watches: complete, with presets and defaults filled in. Plain data. */
export interface Monitor {
  /** Unique within its target. */
  readonly name: string;
  /**
   * `server`: the series are queries for a server of metrics, by its name in the settings; without a name nothing is
   * watched. `pushed`: they are names of series that are sent to Lastgood. `parts`: it reads other monitors.
   */
  readonly source:
    | { readonly kind: 'server'; readonly server?: string }
    | { readonly kind: 'pushed' }
    | { readonly kind: 'parts' };
  /** What it reads, by the name the judge has for it: `value`, `total`, `inferences`, `registry`, `stable p99` … */
  readonly series: Readonly<Record<string, string>>;
  readonly judge: JudgeRule;
  readonly every: Milliseconds;
  readonly urgency: Urgency;
  readonly follow: FollowRule;
  /** While it goes on firing it says so again at each look, until it was said so often: the policy counts them. */
  readonly repeat: number;
}

/** Whether anything is to be done for a monitor: those of a preset wait for a server to be named. */
export function isWatched({ source }: Monitor): boolean {
  return source.kind !== 'server' || source.server !== undefined;
}

const reaches = new WeakMap<Monitor, Milliseconds>();

/** How far back from a look a monitor's judgement may reach: what is older may be forgotten. */
export function reachOf(monitor: Monitor): Milliseconds {
  let reach = reaches.get(monitor);
  if (reach === undefined) {
    const { follow, every } = monitor;
    const own = reachOfJudge(monitor);
    // What was before the bad looks in a row is for the plot, where windows are shorter than they are.
    reach = own === 0 ? 0 : Math.max(own, SHOWN_ROWS * follow.consecutive * every);
    reaches.set(monitor, reach);
  }
  return reach;
}

/** So many times as long as it takes to fire. */
const SHOWN_ROWS = 2;

function reachOfJudge({ judge }: Monitor): Milliseconds {
  switch (judge.kind) {
    case 'threshold':
    case 'early-warning':
    case 'canary':
      return judge.rule.window;
    case 'regression':
      return judge.rule.window + referenceOf(judge.baseline, judge.rule.window);
    case 'burn-rate':
      return Math.max(...judge.rule.windows.map(({ long }) => long));
    case 'drift':
    case 'impact':
      return judge.rule.window + judge.reference;
    case 'anomaly':
      return ANOMALY_REACH * judge.rule.memory;
    case 'change-point':
      return judge.window + judge.reference;
    case 'share':
      return judge.window;
    case 'composite':
      return 0;
  }
}

/** Whether what was before the release is judged with it, from the same series: as what is usual. */
export function historyOf({ judge }: Monitor): boolean {
  if (judge.kind === 'anomaly') return true;
  return judge.kind === 'regression' && judge.baseline.kind === 'same-time';
}

/** Days before the release are asked for until the release is as old as there are days. */
function referenceOf(baseline: BaselineRule, window: Milliseconds): Milliseconds {
  if (baseline.kind === 'last-good') return baseline.reference;
  return baseline.kind === 'same-time' ? 2 * baseline.days * DAY + window : 0;
}

/** What is usual is learned from the memory, and whether it is, from as much again. */
const ANOMALY_REACH = 2;
