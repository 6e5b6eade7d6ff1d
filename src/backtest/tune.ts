/**
 * Which bound of a monitor gives so many false rollbacks at most: each candidate is replayed as a whole, by the code that
 * runs, so that consecutive looks, cool-downs and guards are in the answer.
 *
 * @module
 */
import type { Monitor } from '../monitors/monitor.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import { targetKey } from '../target.ts';
import { backtest, type BacktestInput, type Contender } from './backtest.ts';
import type { Knob } from './knob.ts';
import { replayTarget, type Progress } from './replay-target.ts';
import { periodsOf } from './periods.ts';
import { replayRecorded, type TargetRecording } from './replay-recorded.ts';
import type { Score } from './score.ts';
import { readTimeline } from './timeline.ts';

export interface TuneInput extends Pick<BacktestInput, 'source' | 'incidents'> {
  /** The commit whose history counts. */
  readonly from: Oid;
  readonly set: PolicySet;
  readonly policy: TargetPolicy;
  readonly monitor: Monitor;
  readonly knob: Knob;
  readonly recording: TargetRecording;
  /** False rollbacks in 30 days, at most. */
  readonly wanted: number;
  readonly progress?: Progress;
}

/** What one bound would have been worth. */
export interface TunePoint {
  readonly bound: number;
  readonly score: Score;
}

export interface Tuning {
  /** What fires most first. */
  readonly curve: readonly TunePoint[];
  readonly now: TunePoint;
  /** The bound that fires most of those that keep to what is wanted, and so does every bound that fires less. */
  readonly proposed?: TunePoint;
}

/** The parts of all looks that candidates would call bad. */
const PARTS = [
  0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001, 0.00005,
] as const;

/** So often the proposal is searched for between two candidates. */
const STEPS = 4;

/** Undefined where nothing was judged, so that nothing can be said. */
export async function tune(input: TuneInput): Promise<Tuning | undefined> {
  const { knob, wanted, progress = () => {} } = input;
  const seen = await valuesAt(input);
  if (seen.length === 0) return undefined;
  const round = rounding(seen);
  const bounds = candidates(seen, knob);
  // The candidates are most of the work.
  const curve = await pointsOf(input, bounds, (share) => progress(0.8 * share));
  for (let step = 0; step < STEPS; step += 1) {
    const index = proposalIn(curve, wanted);
    const [less, more] = [curve[index], curve[index - 1]];
    if (!less || !more) break;
    const bound = round((less.bound + more.bound) / 2);
    if (curve.some((one) => one.bound === bound)) break;
    curve.splice(index, 0, ...(await pointsOf(input, [bound], () => {})));
    progress(0.8 + (0.2 * (step + 1)) / STEPS);
  }
  progress(1);
  const proposed = curve[proposalIn(curve, wanted)];
  const now = curve.find((one) => one.bound === knob.now);
  if (!now) return undefined;
  return { curve, now, ...(proposed && { proposed }) };
}

/** The index of the first point from which on all keep to what is wanted; the length where none does. */
function proposalIn(curve: readonly TunePoint[], wanted: number): number {
  return curve.findLastIndex(({ score }) => score.falsePer30Days.rate > wanted) + 1;
}

/** The bound that each look was at, in order. */
async function valuesAt({
  source,
  from,
  policy,
  monitor,
  knob,
  recording: { recording, span },
}: TuneInput): Promise<Float64Array> {
  const alone = { ...policy, monitors: [monitor] };
  const timeline = await readTimeline(source, policy, from, span);
  const periods = await periodsOf(source, alone, timeline, span);
  const values: number[] = [];
  await replayTarget(periods, recording, {
    observe(judgement) {
      const at = knob.at(judgement);
      if (at !== undefined && Number.isFinite(at)) values.push(at);
    },
  });
  return Float64Array.from(values).sort();
}

/** Bounds at the far end of what was seen, the bound of now, and one beyond all; what fires most first. */
export function candidates(
  seen: Float64Array,
  { lowerFiresMore, now, range }: Pick<Knob, 'lowerFiresMore' | 'now' | 'range'>,
): readonly number[] {
  const last = seen.length - 1;
  const [low = 0, high = 0] = [seen[0], seen[last]];
  const at = (part: number): number =>
    seen[Math.round(last * (lowerFiresMore ? 1 - part : part))] ?? now;
  const edge = lowerFiresMore ? high : low;
  const margin = Math.max(0.05 * (high - low), 0.01 * Math.abs(edge));
  const beyond = lowerFiresMore ? edge + margin : edge - margin;
  const bounds = [...PARTS.map(at), edge, beyond].map(rounding(seen));
  const { least = -Infinity, most = Infinity } = range ?? {};
  const all = new Set(bounds.map((bound) => Math.max(least, Math.min(bound, most))));
  const sorted = [...all.add(now)].toSorted((a, b) => a - b);
  return lowerFiresMore ? sorted : sorted.toReversed();
}

/** To some thousandths of what was seen: nobody writes more digits into a policy. */
function rounding(seen: Float64Array): (value: number) => number {
  const [low = 0, high = 0] = [seen[0], seen.at(-1)];
  const range = high - low || Math.abs(high) || 1;
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(range / 500))));
  return (value) => Number(value.toFixed(digits));
}

async function pointsOf(
  { source, from, incidents, set, policy, knob, recording }: TuneInput,
  bounds: readonly number[],
  progress: Progress,
): Promise<TunePoint[]> {
  const contenders = bounds.map((bound) => alone(set, policy, knob.turn(bound)));
  const policies = contenders.flatMap((one) => one.policies);
  const { tried } = await backtest({
    source,
    contenders,
    replay: (_, tell) => replayRecorded({ source, from, policies, recorded: recording }, tell),
    alerts: [],
    ...(incidents && { incidents }),
    progress,
  });
  return bounds.flatMap((bound, i) => {
    const score = tried[i]?.score;
    return score ? [{ bound, score }] : [];
  });
}

/** The policy with this monitor only, which opens a rollback whatever its urgency. */
function alone(set: PolicySet, policy: TargetPolicy, monitor: Monitor): Contender {
  const one: TargetPolicy = {
    ...policy,
    monitors: [monitor],
    respond: { critical: 'review', high: 'review', medium: 'review', low: 'review' },
  };
  const target = targetKey(policy.target);
  const others = set.targets.filter((other) => targetKey(other.target) !== target);
  return { set: { ...set, targets: [...others, one] }, policies: [one] };
}
