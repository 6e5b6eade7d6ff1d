import type { Monitor } from '../monitors/monitor.ts';
import type { Json } from '../store/item.ts';
import type { Change, Turn } from '../store/settlement.ts';
import { targetKey } from '../target.ts';
import { MINUTE, type Instant } from '../time.ts';
import { nextLookAfter } from './look-times.ts';
import { readMonitor, writeMonitor } from './stored-monitor.ts';
import type { Watching } from './take-look.ts';
import type { WatchParts } from './watch-parts.ts';
import { MONITOR, monitorKey, WATCHED, type WatchedTarget } from './watched.ts';

/** One monitor as this process remembers it. */
export interface Tracked extends Watching {
  savedAt: Instant;
  dirty: boolean;
  problem?: string;
}

/** Reads what is watched, and what is remembered of it; `gone` is what was watched and is no longer. */
export async function loadTracked(
  { store, clock }: Pick<WatchParts, 'store' | 'clock'>,
  { lane }: Turn,
  known: ReadonlyMap<string, Tracked> | undefined,
  gone: Tracked[],
  changes: Change[],
): Promise<ReadonlyMap<string, Tracked>> {
  const { documents } = store;
  const watched = (await documents.list(lane, WATCHED)).map(
    ({ value }) => value as unknown as WatchedTarget,
  );
  const stored = known
    ? undefined
    : new Map((await documents.list(lane, MONITOR)).map(({ key, value }) => [key, value]));
  const now = clock();
  const all = new Map<string, Tracked>();
  for (const one of watched) {
    const target = targetKey(one.target);
    for (const monitor of one.monitors) {
      const key = monitorKey(target, monitor.name);
      const same = known?.get(key);
      // What the policy changed goes through the form of the store, which knows what still holds.
      const value = same?.state ? writeMonitor(same.monitor, same.state) : stored?.get(key);
      const state = value === undefined ? undefined : readMonitor(monitor, value);
      all.set(key, {
        key,
        target,
        watched: one,
        monitor,
        ...(state && { state }),
        nextAt: Math.min(same?.nextAt ?? Infinity, nextLookAfter(key, monitor, false, now)),
        savedAt: now,
        dirty: same?.dirty ?? false,
        ...(same?.problem !== undefined && { problem: same.problem }),
      });
    }
  }
  const former = known
    ? [...known.values()]
    : [...(stored ?? [])].flatMap(([key, value]) => formerOf(key, value) ?? []);
  for (const one of former) {
    if (all.has(one.key)) continue;
    gone.push(one);
    changes.push({ kind: 'delete', of: MONITOR, key: one.key });
  }
  return all;
}

/** A monitor that stands in the store only: as much of it as is needed to end what it said. */
function formerOf(key: string, value: Json): Tracked | undefined {
  const at = key.lastIndexOf(' ');
  const slash = key.lastIndexOf('/', at);
  const target = { environment: key.slice(0, slash), model: key.slice(slash + 1, at) };
  const monitor: Monitor = {
    name: key.slice(at + 1),
    source: { kind: 'parts' },
    series: {},
    judge: { kind: 'composite', rule: { kind: 'all-of' }, parts: [] },
    every: MINUTE,
    urgency: 'watch',
    follow: { consecutive: 1, recover: 1, coolDown: 0, settle: 0 },
    repeat: 1,
  };
  const state = readMonitor(monitor, value);
  if (!state) return undefined;
  const { release } = state;
  const running = { commit: release.commit, version: '' };
  const watched = { target, monitors: [], running, release, oneVersion: false };
  const common = { key, target: targetKey(target), watched, monitor, state };
  return { ...common, nextAt: Infinity, savedAt: 0, dirty: false };
}
