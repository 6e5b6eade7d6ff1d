import { SECOND, type Clock, type Instant } from '../time.ts';
import type { WatchBook } from '../watch/watch-book.ts';
import type { WatchedTarget } from '../watch/watched.ts';
import type { KnownSeries, PushedTarget } from './bind-samples.ts';

/** What is watched is looked up again after so long: a policy that was merged is soon known, and a sender costs little. */
const FRESH = 5 * SECOND;

/** The pushed series that a repository's monitors read, as the lane of the repository wrote it down. */
export function createKnownSeries(
  book: Pick<WatchBook, 'targets'>,
  clock: Clock,
): (repository: number) => Promise<NonNullable<KnownSeries>> {
  const known = new Map<number, { readonly at: Instant; readonly all: Promise<KnownSeries> }>();
  return async (repository) => {
    const now = clock();
    const before = known.get(repository);
    if (before && Math.abs(now - before.at) < FRESH) return (await before.all) ?? new Map();
    const all = book.targets(repository).then(seriesOf);
    known.set(repository, { at: now, all });
    // What could not be read is asked for again by the next delivery.
    all.catch(() => known.delete(repository));
    return all;
  };
}

function seriesOf(watched: readonly WatchedTarget[]): NonNullable<KnownSeries> {
  const models = new Map<string, PushedTarget[]>();
  for (const { target, monitors } of watched) {
    const series = new Set(
      monitors.flatMap((one) => (one.source.kind === 'pushed' ? Object.values(one.series) : [])),
    );
    if (series.size === 0) continue;
    models.set(target.model, [...(models.get(target.model) ?? []), { target, series }]);
  }
  return models;
}
