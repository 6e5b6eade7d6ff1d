import type { Monitor } from '../monitors/monitor.ts';
import type { ReleaseFacts } from '../monitors/monitor-state.ts';
import type { Target } from '../target.ts';

/** A release as queries name it. */
export interface NamedRelease {
  readonly commit: string;
  /** Its model's version; several joined by a comma, where a target has several models. */
  readonly version: string;
}

/**
 * What is watched of a target, and what runs: written by the repository's lane whenever that changes, and read by the
 * lane that watches. Plain data.
 */
export interface WatchedTarget {
  readonly target: Target;
  /** Those that something is to be done for. */
  readonly monitors: readonly Monitor[];
  readonly running: NamedRelease;
  readonly release: ReleaseFacts;
  /** The release that `release.lastGood` is about. */
  readonly good?: NamedRelease;
  /** Alerts name a version only where there is but one. */
  readonly oneVersion: boolean;
}

const PREFIX = 'watch:';

/** The lane in which the monitors of a repository are worked, beside that of the repository itself. */
export function watchLaneOf(repository: number): string {
  return `${PREFIX}${repository}`;
}

/** The repository of such a lane; undefined for any other lane. */
export function repositoryWatchedIn(lane: string): number | undefined {
  return /^watch:\d+$/.test(lane) ? Number(lane.slice(PREFIX.length)) : undefined;
}

/** The kinds of documents in that lane. */
export const WATCHED = 'watched';
export const MONITOR = 'monitor';

/** The kinds of items in that lane: what is watched may have changed; samples were pushed. */
export const CHANGED = 'watch-changed';
export const SAMPLES = 'samples';

/** The timer of the next look. */
export const LOOK = 'look';

/** The name of a monitor's document. */
export function monitorKey(target: string, name: string): string {
  return `${target} ${name}`;
}
