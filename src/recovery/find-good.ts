import { readTrailers } from '../journal/read-trailers.ts';
import type { Pin } from '../manifests/pin.ts';
import { readReleases } from '../releases/read-releases.ts';
import type { HistorySource, Release } from '../releases/release.ts';
import type { GoodRelease } from './recovery.ts';

/** A rollback goes back a few releases; after so many, nobody would find its goal usual any more. */
const MOST_RELEASES = 50;

/**
 * When the release ran that a rollback went back to, before it was gone back to; null when the rollback names none, such
 * as one to the fallback, or none is to be found. `brought` is what the rollback's merge brought.
 */
export async function findGood(
  manifests: HistorySource,
  pins: readonly Pin[],
  brought: Release,
): Promise<GoodRelease | null> {
  const reading = readTrailers(brought.body);
  const goal = reading.ok ? reading.record.goalCommit : undefined;
  if (goal === undefined) return null;
  let seen = 0;
  for await (const { commit, at, until } of readReleases(manifests, pins, brought.commit)) {
    if (commit === goal && until) return { commit, from: at, until: Math.max(until.at, at) };
    seen += 1;
    if (seen >= MOST_RELEASES) break;
  }
  return null;
}
