import { isWatched } from '../monitors/monitor.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { findGood } from '../recovery/find-good.ts';
import type { LastGood } from '../releases/last-good.ts';
import type { HistorySource, Release } from '../releases/release.ts';
import { modelVersions, versionsOf } from '../releases/versions.ts';
import type { Instant } from '../time.ts';
import type { NamedRelease, WatchedTarget } from './watched.ts';

/** What is watched of a target, given what runs and where a rollback would go; undefined when nobody knows what runs. */
export async function watchedAsOf(
  source: HistorySource,
  policy: TargetPolicy,
  lastGood: LastGood,
  releasedAt: Instant,
): Promise<WatchedTarget | undefined> {
  const { running } = lastGood;
  if (running.problems.length > 0) return undefined;
  const good = await goodBefore(source, policy, lastGood);
  return {
    target: policy.target,
    monitors: policy.monitors.filter(isWatched),
    running: named(running),
    release: {
      commit: running.commit,
      releasedAt,
      ...(good && { lastGood: { from: good.from, until: good.until } }),
    },
    ...(good && { good: good.release }),
    oneVersion: versionsNamed(running).length === 1,
  };
}

interface Good {
  readonly release: NamedRelease;
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * The release that the running one is compared with: where a rollback would go, as it ran. What a rollback brought back
 * is compared with itself, as it ran before.
 */
async function goodBefore(
  source: HistorySource,
  { pins }: TargetPolicy,
  { running, runningIsRollback, selection }: LastGood,
): Promise<Good | undefined> {
  if (runningIsRollback) {
    const before = await findGood(source, pins, running);
    if (!before) return undefined;
    const { commit, from, until } = before;
    return { release: { ...named(running), commit }, from, until };
  }
  if (selection.kind !== 'release') return undefined;
  const { release } = selection;
  const until = release.until?.at;
  return until === undefined
    ? undefined
    : { release: named(release), from: release.at, until: Math.max(until, release.at) };
}

function named(release: Release): NamedRelease {
  return { commit: release.commit, version: versionsNamed(release).join(',') };
}

function versionsNamed(release: Release): readonly string[] {
  return [...new Set(Object.values(modelVersions(versionsOf(release))))];
}
