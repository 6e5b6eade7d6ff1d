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
import type { HistorySource, Oid } from '../releases/release.ts';
import { relandedCommits } from '../state/look-up.ts';
import { stateOf } from '../state/state.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { decideAll, type Signal, type Would } from './decide-all.ts';
import { incidentsOfHistory, type Incident } from './incidents.ts';
import { periodsOf } from './periods.ts';
import type { Recording } from './recording.ts';
import { replayTarget, type Progress, type Replayed } from './replay-target.ts';
import { score, type Score } from './score.ts';
import { NO_STATE_HISTORY, type StateHistory } from './state-history.ts';
import { readTimeline, type Timeline } from './timeline.ts';

/** What is known of a target's metrics. */
export interface TargetRecording {
  readonly recording: Recording;
  /** The time that is replayed. */
  readonly span: Span;
}

/** A policy set that is tried, and the policies of the targets in it. */
export interface Contender {
  readonly set: PolicySet;
  readonly policies: readonly TargetPolicy[];
}

export interface BacktestInput {
  readonly source: HistorySource;
  /** The commit whose history counts. */
  readonly from: Oid;
  /** At least one; all of them name the same targets in the same order. */
  readonly contenders: readonly Contender[];
  /** Reads what was recorded of a target: asked once for each, one after another. */
  readonly recordingOf: (target: TargetPolicy) => Promise<TargetRecording>;
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
  /** Absent: the monitor waits for a server to be named. */
  readonly series?: string;
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

/** Replays one target after another, so that one recording is in memory at a time. */
export async function backtest(input: BacktestInput): Promise<Backtest> {
  const { contenders, source, from, recordingOf, alerts, progress = () => {} } = input;
  const gathered = contenders.map((): Gathered => ({
    signals: [],
    timelines: new Map(),
    unrecorded: [],
    looks: 0,
    samples: 0,
  }));
  const spans: Span[] = [];
  const targets = contenders[0]?.policies ?? [];
  const parts = targets.length * contenders.length;
  let done = 0;
  for (const [index, asked] of targets.entries()) {
    const { recording, span } = await recordingOf(asked);
    spans.push(span);
    for (const [which, { policies }] of contenders.entries()) {
      const policy = policies[index];
      const into = gathered[which];
      if (!policy || !into) continue;
      const timeline = await readTimeline(source, policy, from, span);
      const periods = await periodsOf(source, policy, timeline, span);
      const replayed = await replayTarget(periods, recording, {
        progress: (share) => progress((done + share) / parts),
      });
      gather(into, policy, timeline, replayed);
      done += 1;
      progress(done / parts);
    }
  }
  const span = {
    from: Math.min(...spans.map((one) => one.from)),
    to: Math.max(...spans.map((one) => one.to)),
  };
  const tried: Tried[] = [];
  for (const [which, contender] of contenders.entries()) {
    const into = gathered[which];
    if (into) tried.push(await judge(input, contender, into, within(alerts, span), span));
  }
  return { span, tried };
}

function gather(
  into: Gathered,
  policy: TargetPolicy,
  timeline: Timeline,
  { signals, looks, samples, unrecorded }: Replayed,
): void {
  const target = targetKey(policy.target);
  into.timelines.set(target, timeline);
  into.signals.push(...signals);
  into.looks += looks;
  into.samples += samples;
  for (const monitor of policy.monitors) {
    if (!isWatched(monitor)) into.unrecorded.push({ target, monitor: monitor.name });
  }
  for (const { monitor, series } of unrecorded) {
    into.unrecorded.push({ target, monitor: monitor.name, series });
  }
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
