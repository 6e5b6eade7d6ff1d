import type { Component, PinId } from '../manifests/pin.ts';
import type { Instant } from '../time.ts';
import type { Release } from './release.ts';
import { componentOf, versionsOf } from './versions.ts';

/** The four places in which the state of a model lives. */
export const PARTS = [
  'model artifact',
  'serving infrastructure',
  'feature pipeline',
  'training data',
] as const;
export type Part = (typeof PARTS)[number];

const PART_OF: Readonly<Record<Component, Part>> = {
  model: 'model artifact',
  image: 'serving infrastructure',
  config: 'serving infrastructure',
  traffic: 'serving infrastructure',
  features: 'feature pipeline',
  data: 'training data',
};

/** One pin whose version differs between the bad release and the last good one. */
export interface PinChange {
  readonly pin: PinId;
  readonly from: string;
  readonly to: string;
  /** When the version that is bad now came, and by which commit. */
  readonly at: Instant;
  readonly commit: string;
}

/** What became of one part between the last good release and the bad one. */
export interface PartChange {
  readonly part: Part;
  /** Whether the policy pins anything of it: otherwise nobody can tell. */
  readonly pinned: boolean;
  readonly changes: readonly PinChange[];
  /**
   * Whether all of it changed only after the first symptom: then it is not the cause. Absent when it did not change.
   */
  readonly tooLate?: boolean;
}

export interface PartsComparison {
  readonly parts: readonly PartChange[];
  /** The parts that may be the cause, the last one that changed before the first symptom first. */
  readonly suspects: readonly Part[];
}

/**
 * Compares the bad release with the last good one, part by part. `between` are the releases between them, newest first,
 * by which it is known when each version came. A version that was there before the last good release was is no change.
 */
export function compareParts(
  bad: Release,
  good: Release,
  between: readonly Release[],
  firstSymptom: Instant,
): PartsComparison {
  const [from, to] = [versionsOf(good), versionsOf(bad)];
  const later = [bad, ...between.filter(({ at }) => at > good.at && at < bad.at)];
  const changes = Object.keys(to).flatMap((pin): PinChange[] => {
    const [before, now] = [from[pin], to[pin]];
    if (before === undefined || now === undefined || before === now) return [];
    const came = cameBy(pin, now, later);
    return [{ pin, from: before, to: now, at: came.at, commit: came.commit }];
  });
  const parts = PARTS.map((part): PartChange => {
    const pins = Object.keys(to).filter((pin) => partOf(pin) === part);
    const own = changes.filter(({ pin }) => pins.includes(pin));
    return {
      part,
      pinned: pins.length > 0,
      changes: own,
      ...(own.length > 0 && { tooLate: own.every(({ at }) => at > firstSymptom) }),
    };
  });
  const suspects = parts
    .filter(({ tooLate }) => tooLate === false)
    .sort((a, b) => lastBefore(b, firstSymptom) - lastBefore(a, firstSymptom))
    .map(({ part }) => part);
  return { parts, suspects };
}

export function partOf(pin: PinId): Part | undefined {
  const component = componentOf(pin);
  return component && PART_OF[component];
}

/** The oldest release since which a pin has had its version without a break. */
function cameBy(pin: PinId, version: string, releases: readonly Release[]): Release {
  let [came] = releases;
  if (!came) throw new Error('There is no release to look at.');
  for (const release of releases) {
    if (versionsOf(release)[pin] !== version) break;
    came = release;
  }
  return came;
}

function lastBefore({ changes }: PartChange, firstSymptom: Instant): Instant {
  return Math.max(...changes.map(({ at }) => at).filter((at) => at <= firstSymptom));
}
