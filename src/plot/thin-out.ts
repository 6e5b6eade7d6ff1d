import type { Instant } from '../time.ts';
import { isDrawable, type Point } from './plot.ts';

/**
 * At most five points for each of so many equal parts of a time, in order: the first, the lowest, the highest and the
 * last of each part, which is all that a line of that width can show (Jugel and others, "M4", VLDB 2014), and one that
 * says where nothing is known. Points outside the time are left out.
 */
export function thinOut(
  points: readonly Point[],
  from: Instant,
  until: Instant,
  parts: number,
): readonly Point[] {
  const within = points
    .filter(({ at }) => at >= from && at <= until)
    .map(({ at, value }) => ({
      at,
      value: value !== null && isDrawable(value) ? value : null,
    }))
    .sort((a, b) => a.at - b.at);
  if (within.length <= 2 * parts) return within;
  const width = Math.max(1, until - from) / parts;
  const byPart = Map.groupBy(within, ({ at }) =>
    Math.min(parts - 1, Math.floor((at - from) / width)),
  );
  return [...byPart.values()].flatMap((part) => {
    const known = part.filter((point): point is KnownPoint => point.value !== null);
    const [first] = known;
    if (!first) return part.slice(0, 1);
    const lowest = known.reduce((least, one) => (one.value < least.value ? one : least), first);
    const highest = known.reduce((most, one) => (one.value > most.value ? one : most), first);
    const gap = part.find(({ value }) => value === null);
    const kept = new Set<Point>([
      first,
      lowest,
      highest,
      ...known.slice(-1),
      ...(gap ? [gap] : []),
    ]);
    return part.filter((point) => kept.has(point));
  });
}

type KnownPoint = Point & { readonly value: number };
