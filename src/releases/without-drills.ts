import { readDrillTrailers } from '../drill/drill-trailers.ts';
import type { Release } from './release.ts';
import { sameVersions, versionsOf } from './versions.ts';

/**
 * Releases, newest first, without what drills merged and put back: what ran before such a drill and after it is one
 * release, or each drill would lead every later rollback one release less far back, and make what runs look new.
 *
 * Everybody can write the mark of a drill, so it counts only where the history is one: what is said to be put back is
 * exactly what ran before. Read ahead is only where a commit has such a mark.
 */
export async function* withoutDrills(releases: AsyncIterable<Release>): AsyncGenerator<Release> {
  let held: readonly Release[] = [];
  for await (const release of releases) {
    held = [...held, release];
    while (held.length > 0) {
      const joined = join(held);
      if (!joined && held.length < 3 && mayBeDrill(held)) break;
      const [first, ...rest] = held;
      if (!joined && first) yield first;
      held = joined ?? rest;
    }
  }
  yield* held;
}

/** Whether what comes next may show that the newest of these was put back after a drill. */
function mayBeDrill([back, there]: readonly Release[]): boolean {
  const mark = back && readDrillTrailers(back.body);
  if (mark?.part !== 'back') return false;
  if (!there) return true;
  const other = readDrillTrailers(there.body);
  return other?.part === 'there' && other.startedAt === mark.startedAt;
}

/** Makes one release of the three that a drill made of it; undefined where they are none of a drill. */
function join(held: readonly Release[]): readonly Release[] | undefined {
  const [back, there, before] = held;
  if (!back || !there || !before || !mayBeDrill(held)) return undefined;
  const restored =
    before.problems.length === 0 &&
    back.problems.length === 0 &&
    sameVersions(versionsOf(back), versionsOf(before));
  if (!restored) return undefined;
  const { until: _, ...origin } = before;
  // As written at the newest commit: what a rollback puts back byte for byte.
  return [{ ...origin, ...(back.until && { until: back.until }), values: back.values }];
}
