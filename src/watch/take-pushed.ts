import { beginMonitor } from '../monitors/evaluate.ts';
import { forget, keep, keepNone, MOST_KEPT } from '../monitors/kept-samples.ts';
import { reachOf } from '../monitors/monitor.ts';
import { readPushed, type PushedSeries } from '../samples/pushed.ts';
import type { Item } from '../store/item.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { Tracked } from './tracked.ts';
import { SAMPLES } from './watched.ts';

/** What was pushed, of the items of a turn. */
export function pushedOf(items: readonly Item[]): readonly PushedSeries[] {
  return items.filter(({ kind }) => kind === SAMPLES).flatMap(({ payload }) => readPushed(payload));
}

/**
 * Adds what was pushed to the monitors that read it, whatever order it comes in and however often. What is older than a
 * monitor reaches goes, and so does the oldest of what is more than is kept. Answers whether all of it was read by one.
 */
export function takePushed(
  pushed: readonly PushedSeries[],
  all: ReadonlyMap<string, Tracked>,
  now: Instant,
): boolean {
  if (pushed.length === 0) return true;
  const readers = readersOf(all);
  const touched = new Set<Tracked>();
  let found = true;
  for (const { target, series, samples } of pushed) {
    const some = readers.get(readerKey(targetKey(target), series)) ?? [];
    if (some.length === 0) found = false;
    for (const { one, name } of some) {
      one.state ??= beginMonitor(one.watched.release);
      const kept = (one.state.kept[name] ??= keepNone());
      for (const sample of samples) keep(kept, sample);
      one.dirty = true;
      touched.add(one);
    }
  }
  for (const { monitor, state } of touched) {
    const kept = Object.values(state?.kept ?? {});
    // One document holds all series of a monitor.
    const most = Math.floor(MOST_KEPT / Math.max(1, Object.keys(monitor.series).length));
    for (const one of kept) forget(one, now - reachOf(monitor), most);
  }
  return found;
}

interface Reader {
  readonly one: Tracked;
  /** What the monitor's judge calls the series. */
  readonly name: string;
}

function readersOf(all: ReadonlyMap<string, Tracked>): ReadonlyMap<string, readonly Reader[]> {
  const readers = new Map<string, Reader[]>();
  for (const one of all.values()) {
    if (one.monitor.source.kind !== 'pushed') continue;
    for (const [name, series] of Object.entries(one.monitor.series)) {
      const key = readerKey(one.target, series);
      readers.set(key, [...(readers.get(key) ?? []), { one, name }]);
    }
  }
  return readers;
}

function readerKey(target: string, series: string): string {
  return `${target} ${series}`;
}
