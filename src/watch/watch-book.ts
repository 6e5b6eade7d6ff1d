import type { DocumentChange } from '../store/documents.ts';
import type { Json } from '../store/item.ts';
import type { Store } from '../store/store.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { standingOf, type MonitorStanding } from '../monitors/standing.ts';
import { readMonitor } from './stored-monitor.ts';
import {
  CHANGED,
  MONITOR,
  monitorKey,
  WATCHED,
  watchLaneOf,
  type WatchedTarget,
} from './watched.ts';

/** What is watched of a repository, as the lane that watches reads it. */
export interface WatchBook {
  /** The targets that stand in it. */
  targets(repository: number): Promise<readonly WatchedTarget[]>;
  /** How the monitors of a target stand, in the order of its policy; empty where nothing of it is watched. */
  standing(repository: number, target: TargetKey): Promise<readonly MonitorStanding[]>;
  /** Writes what changed, and has the lane that watches read it. May be done twice. */
  change(
    repository: number,
    put: readonly WatchedTarget[],
    drop: readonly TargetKey[],
  ): Promise<void>;
}

export function createWatchBook({
  documents,
  accept,
}: Pick<Store, 'documents' | 'accept'>): WatchBook {
  return {
    async targets(repository) {
      const found = await documents.list(watchLaneOf(repository), WATCHED);
      return found.map(({ value }) => value as unknown as WatchedTarget);
    },
    async standing(repository, target) {
      const lane = watchLaneOf(repository);
      const found = await documents.get(lane, WATCHED, target);
      if (found === undefined) return [];
      const { monitors, release } = found as unknown as WatchedTarget;
      return Promise.all(
        monitors.map(async (monitor) => {
          const key = monitorKey(target, monitor.name);
          const value = await documents.get(lane, MONITOR, key);
          const state = value === undefined ? undefined : readMonitor(monitor, value);
          return standingOf(monitor, state, release.commit);
        }),
      );
    },
    async change(repository, put, drop) {
      const lane = watchLaneOf(repository);
      const changes: DocumentChange[] = [
        ...put.map((one) => ({
          kind: 'put' as const,
          of: WATCHED,
          key: targetKey(one.target),
          value: one as unknown as Json,
        })),
        ...drop.map((key) => ({ kind: 'delete' as const, of: WATCHED, key })),
      ];
      await documents.change(lane, changes);
      // After the documents: who reads them in between reads them again.
      await accept([{ lane, kind: CHANGED, payload: {} }]);
    },
  };
}
