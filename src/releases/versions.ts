import { COMPONENTS, type Component, type PinId } from '../manifests/pin.ts';
import type { Release } from './release.ts';

/** Versions by pin: the tuple that makes a release what it is. */
export type Versions = Readonly<Record<PinId, string>>;

/** The tuple of a release; empty when its pins could not be read. */
export function versionsOf(release: Pick<Release, 'values'>): Versions {
  return Object.fromEntries(
    Object.entries(release.values).map(([pin, value]) => [pin, value.version]),
  );
}

/** Whether two tuples name the same pins with the same versions. How a version is written does not matter. */
export function sameVersions(a: Versions, b: Versions): boolean {
  const pins = Object.keys(a);
  return (
    pins.length === Object.keys(b).length &&
    pins.every((pin) => Object.hasOwn(b, pin) && a[pin] === b[pin])
  );
}

/**
 * Whether a release holds a tuple that was recorded when the policy may have had other pins: the pins that both
 * name are equal, and there is at least one.
 */
export function holdsVersions(release: Pick<Release, 'values'>, recorded: Versions): boolean {
  const shared = Object.keys(recorded).filter((pin) => Object.hasOwn(release.values, pin));
  return shared.length > 0 && shared.every((pin) => release.values[pin]?.version === recorded[pin]);
}

/** The component that a pin's name begins with: `image[1]` is an `image`. */
export function componentOf(pin: PinId): Component | undefined {
  const name = pin.replace(/\[\d+\]$/, '');
  return COMPONENTS.find((component) => component === name);
}

/**
 * The versions that people mean by "the model's version": those of the model's pins, or of the images or of every
 * pin where a target pins no model of its own.
 */
export function modelVersions(versions: Versions): Versions {
  for (const component of ['model', 'image'] as const) {
    const own = Object.entries(versions).filter(([pin]) => componentOf(pin) === component);
    if (own.length > 0) return Object.fromEntries(own);
  }
  return versions;
}
