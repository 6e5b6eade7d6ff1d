/**
 * A backtest: what policies would have done on what was recorded, and what that would have been worth.
 *
 * @module
 */
import { isWatched } from '../monitors/monitor.ts';
import type { Span } from '../monitors/series.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { findLastGood } from '../releases/last-good.ts';
import type { HistorySource } from '../releases/release.ts';
import { relandedCommits } from '../state/look-up.ts';
import { stateOf } from '../state/state.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { decideAll, type Signal, type Would } from './decide-all.ts';
import { incidentsOfHistory, type Incident } from './incidents.ts';
import type { TargetReplayed } from './replay-recorded.ts';
import type { Progress, Unsure } from './replay-target.ts';
import { score, type Score } from './score.ts';
import { someAtOnce } from './some-at-once.ts';
import { NO_STATE_HISTORY, type StateHistory } from './state-history.ts';
import type { Timeline } from './timeline.ts';

/** A policy set that is tried, and the policies of the targets in it. */
export interface Contender {
  readonly set: PolicySet;
  readonly policies: readonly TargetPolicy[];
}

export interface BacktestInput {
  /** Where goals are looked up. */
  readonly source: HistorySource;
  /** At least one; all of them name the same targets in the same order. */
  readonly contenders: readonly Contender[];
  /** Replays what was recorded of a target, by the policies that each contender has at this index. Asked once for each. */
  readonly replay: (index: number, progress: Progress) => Promise<TargetReplayed>;
  /** So many targets at once; 1 unless given, so that one recording is in memory at a time. */
  readonly atOnce?: number;
  readonly alerts: readonly Signal[];
  /** What people held, froze, designated and quarantined; absent: nothing. */
  readonly state?: StateHistory;
  /** As people labelled them; absent: those that real rollbacks tell of. */
  readonly incidents?: readonly Incident[];
  readonly progress?: Progress;
}

/** What one policy set would have done. */
export interface Tried {
  readonly would: readonly Would[];
  readonly score: Score;
  readonly scores: ReadonlyMap<TargetKey, Score>;
  readonly incidents: readonly Incident[];
  readonly timelines: ReadonlyMap<TargetKey, Timeline>;
  readonly looks: number;
  readonly samples: number;
  readonly alerts: number;
  readonly unrecorded: readonly Unrecorded[];
}

/** A monitor's series of which there was nothing to replay. */
export interface Unrecorded {
  readonly target: TargetKey;
  readonly monitor: string;
  /** Absent: the monitor waits for a server to be named, or is unsure. */
  readonly series?: string;
  /** There was something, and most looks at it came to no verdict. */
  readonly unsure?: Omit<Unsure, 'monitor'>;
}

export interface Backtest {
  readonly span: Span;
  /** In the order of the contenders. */
  readonly tried: readonly Tried[];
}

interface Gathered {
  readonly signals: Signal[];
  readonly timelines: Map<TargetKey, Timeline>;
  readonly unrecorded: Unrecorded[];
  looks: number;
  samples: number;
}

/** The same whatever the number of targets that are replayed at once: what fired is decided about in the order of time. */
export async function backtest(input: BacktestInput): Promise<Backtest> {
  const { contenders, replay, alerts, atOnce = 1, progress = () => {} } = input;
  const [{ policies: targets } = { policies: [] }] = contenders;
  const shares = targets.map(() => 0);
  const replayed = await someAtOnce(targets.length, atOnce, (index) =>
    replay(index, (share) => {
      shares[index] = share;
      progress(shares.reduce((sum, one) => sum + one, 0) / shares.length);
    }),
  );
  const spans = replayed.map((one) => one.span);
  const span = {
    from: Math.min(...spans.map((one) => one.from)),
    to: Math.max(...spans.map((one) => one.to)),
  };
  const tried: Tried[] = [];
  for (const [which, contender] of contenders.entries()) {
    const gathered = gather(contender, which, replayed);
    tried.push(await judge(input, contender, gathered, within(alerts, span), span));
  }
  return { span, tried };
}

/** All that one contender's monitors said, in the order of its targets. */
function gather({ policies }: Contender, which: number, all: readonly TargetReplayed[]): Gathered {
  const into: Gathered = {
    signals: [],
    timelines: new Map(),
    unrecorded: [],
    looks: 0,
    samples: 0,
  };
  for (const [index, policy] of policies.entries()) {
    const part = all[index]?.parts[which];
    if (!part) continue;
    const { timeline, replayed } = part;
    const target = targetKey(policy.target);
    into.timelines.set(target, timeline);
    for (const signal of replayed.signals) into.signals.push(signal);
    into.looks += replayed.looks;
    into.samples += replayed.samples;
    for (const monitor of policy.monitors) {
      if (!isWatched(monitor)) into.unrecorded.push({ target, monitor: monitor.name });
    }
    for (const { monitor, series } of replayed.unrecorded) {
      into.unrecorded.push({ target, monitor: monitor.name, series });
    }
    for (const { monitor, ...unsure } of replayed.unsure) {
      into.unrecorded.push({ target, monitor, unsure });
    }
  }
  return into;
}

/** Those of a time. */
export function within(alerts: readonly Signal[], { from, to }: Span): readonly Signal[] {
  return alerts.filter(({ at }) => at >= from && at <= to);
}

async function judge(
  { source, incidents: labelled, state = NO_STATE_HISTORY }: BacktestInput,
  { set: whole, policies }: Contender,
  { signals, timelines, ...rest }: Gathered,
  alerts: readonly Signal[],
  span: Span,
): Promise<Tried> {
  const set = ungated(whole);
  const targets = policies.map(({ target }) => targetKey(target));
  const about = alerts.filter(({ alert }) => {
    const routed = routeAlert(alert, set);
    return routed.kind === 'target' && timelines.has(targetKey(routed.policy.target));
  });
  const would = await decideAll(
    [...signals, ...about],
    {
      set,
      timelines,
      state,
      goal: async ({ policy, ran, now, quarantine }) => {
        const known = stateOf(state.stateAt(policy.target, now), policy.target);
        const marks = {
          quarantine: [...known.quarantine.map(({ pins }) => pins), ...quarantine],
          relanded: relandedCommits(known),
        };
        const { baseline } = known;
        const question = { policy, from: ran.release.commit, now, marks };
        return (await findLastGood(source, { ...question, ...(baseline && { baseline }) }))
          .selection;
      },
    },
    span.to,
  );
  const incidents =
    labelled ??
    [...timelines].flatMap(([target, timeline]) => incidentsOfHistory(target, timeline));
  const opened = would.filter(({ rollback }) => rollback !== undefined);
  const of = (target: TargetKey): Score =>
    score(
      opened.filter((one) => one.target === target),
      incidents.filter((one) => one.target === target),
      [target],
      span,
    );
  return {
    would,
    score: score(opened, incidents, targets, span),
    scores: new Map(targets.map((target) => [target, of(target)])),
    incidents,
    timelines,
    alerts: about.length,
    ...rest,
  };
}

/** What a backtest is to show is not held back for want of a backtest. */
function ungated(set: PolicySet): PolicySet {
  const targets = set.targets.map((policy) => {
    const { backtest: _, ...rest } = policy;
    return rest;
  });
  return { ...set, targets };
}
