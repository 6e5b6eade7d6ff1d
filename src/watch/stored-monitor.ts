import { keepNone, type KeptSamples } from '../monitors/kept-samples.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Json } from '../store/item.ts';

/**
 * A monitor's state as it stands in the store: as it is, but for the samples, which are two lists of numbers. `about` is
 * what it was kept for: a monitor that the policy changed since begins with nothing but what it has said.
 */
interface Stored {
  readonly about: string;
  readonly state: Omit<MonitorState, 'kept' | 'baseline'>;
  readonly kept: Readonly<Record<string, Columns>>;
  readonly baseline?: Readonly<Record<string, Columns>>;
}

type Columns = Omit<KeptSamples, 'points'> & {
  readonly at: readonly number[];
  readonly value: readonly number[];
};

/** What of a monitor makes the kept samples and judgements its own. */
export function aboutMonitor({ source, series, judge }: Monitor): string {
  return JSON.stringify([source, series, judge]);
}

export function writeMonitor(monitor: Monitor, state: MonitorState): Json {
  const { kept, baseline, ...rest } = state;
  const stored: Stored = {
    about: aboutMonitor(monitor),
    state: rest,
    kept: each(kept, toColumns),
    ...(baseline && { baseline: each(baseline, toColumns) }),
  };
  return stored as unknown as Json;
}

/** The state as it was kept; of another monitor by that name, only that it fires. */
export function readMonitor(monitor: Monitor, value: Json): MonitorState | undefined {
  const stored = value as unknown as Stored;
  const { state, kept, baseline } = stored;
  if (stored.about === aboutMonitor(monitor)) {
    return {
      ...state,
      kept: each(kept, fromColumns),
      ...(baseline && { baseline: each(baseline, fromColumns) }),
    };
  }
  if (!state.open) return undefined;
  const { release, follow, open } = state;
  return { release: { commit: '', releasedAt: release.releasedAt }, follow, open, kept: {} };
}

function toColumns({ points, ...rest }: KeptSamples): Columns {
  return { ...rest, at: points.map(({ at }) => at), value: points.map(({ value }) => value) };
}

function fromColumns({ at, value, ...rest }: Columns): KeptSamples {
  return {
    ...keepNone(),
    ...rest,
    points: at.map((moment, i) => ({ at: moment, value: value[i] ?? Number.NaN })),
  };
}

function each<A, B>(all: Readonly<Record<string, A>>, change: (one: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]));
}
