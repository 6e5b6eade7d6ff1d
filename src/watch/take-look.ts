/**
 * One look of a watched monitor, and when it looks again: the same in the running service and in a replay of what was
 * recorded.
 *
 * @module
 */
import type { Alert } from '../alerts/alert.ts';
import { evaluate, type Outcome, type Tick } from '../monitors/evaluate.ts';
import type { PartJudgements } from '../monitors/judge.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Sample } from '../monitors/series.ts';
import type { Instant } from '../time.ts';
import { lookGrid, nextOnGrid, type LookGrid } from './look-times.ts';
import { monitorAlert } from './monitor-alert.ts';
import { monitorKey, type WatchedTarget } from './watched.ts';

/** One monitor that is looked at. */
export interface Watching {
  /** See `monitorKey`. */
  readonly key: string;
  readonly target: string;
  readonly watched: WatchedTarget;
  readonly monitor: Monitor;
  state?: MonitorState;
  nextAt: Instant;
  /** When it looks, as far as that was worked out. */
  grids?: { usual?: LookGrid; armed?: LookGrid };
}

/** What is new for a monitor. */
export interface News {
  readonly samples: Readonly<Record<string, Iterable<Sample>>>;
  readonly baseline?: Readonly<Record<string, Iterable<Sample>>>;
}

/** What came of one look. */
export interface Taken extends Outcome {
  /** What is said of it to the lane of the repository. */
  readonly alert?: Alert;
  /** The target is armed (true), or no longer. */
  readonly arms?: boolean;
}

/** Whether a monitor reads others, so that it comes after them. */
export function isWhole({ monitor }: Pick<Watching, 'monitor'>): boolean {
  return monitor.source.kind === 'parts';
}

/** Whether an early warning has its target armed. */
export function isArming({ monitor, state }: Watching): boolean {
  return monitor.judge.kind === 'early-warning' && state?.open !== undefined;
}

/**
 * Looks at what is new for a monitor; `news` is undefined when its server did not answer. Changes its state, as
 * `evaluate` does.
 */
export function takeLook(
  one: Watching,
  news: News | undefined,
  now: Instant,
  all: ReadonlyMap<string, Watching>,
): Taken {
  const outcome = evaluate(one.monitor, one.state, tickOf(one, news, now, all));
  const { state, request } = outcome;
  one.state = state;
  if (!request) return outcome;
  if (request.kind === 'arm' || request.kind === 'disarm') {
    return { ...outcome, arms: request.kind === 'arm' };
  }
  return { ...outcome, alert: monitorAlert(one.watched, one.monitor, request, state, now) };
}

function tickOf(
  one: Watching,
  news: News | undefined,
  now: Instant,
  all: ReadonlyMap<string, Watching>,
): Tick {
  const { release } = one.watched;
  if (news === undefined) return { now, release, samples: {}, unheard: true };
  const { samples, baseline } = news;
  if (isWhole(one)) return { now, release, samples, parts: partsOf(one, all) };
  return baseline ? { now, release, samples, baseline } : { now, release, samples };
}

function partsOf(
  { target, monitor }: Watching,
  all: ReadonlyMap<string, Watching>,
): PartJudgements {
  if (monitor.judge.kind !== 'composite') return {};
  return Object.fromEntries(
    monitor.judge.parts.map(({ name }) => [name, all.get(monitorKey(target, name))?.state?.last]),
  );
}

/** When each of a target's monitors looks next, once what was due has looked: all of them sooner while it is armed. */
export function schedule(one: Watching, armed: boolean, now: Instant): void {
  if (one.nextAt > now && !armed) return;
  const name = armed ? 'armed' : 'usual';
  const grids = (one.grids ??= {});
  const grid = (grids[name] ??= lookGrid(one.key, one.monitor, armed));
  const next = nextOnGrid(grid, now);
  one.nextAt = one.nextAt <= now ? next : Math.min(one.nextAt, next);
}
