import type { PinId } from '../manifests/pin.ts';
import { componentOf, modelVersions, type Versions } from './versions.ts';

/**
 * The one rule of what is under suspicion after a rollback, and of what makes it come back.
 *
 * A bad release is told from a good one by what differs. Where the model's version differs, that is the suspect, by
 * itself: with other features it is still the same model. (The model's version is that of the image where a target
 * pins no model, see `modelVersions`.) Where the model stayed, the suspect is everything else that differs, together:
 * each of it may be harmless by itself.
 */
export function suspectsOf(bad: Versions, good: Versions): Versions {
  const changed = differing(bad, good);
  const model = differing(modelVersions(bad), good);
  return Object.keys(model).length > 0 ? model : changed;
}

/**
 * Whether versions bring a suspect back. One version of the model or the image comes back at whichever pin of its
 * component it stands: a canary's pin is no other model. Everything else comes back when all of its pins have the
 * recorded versions; pins that the target does not have any more do not count, as long as one is left.
 */
export function bringsBack(versions: Versions, suspect: Versions): boolean {
  const pins = Object.keys(suspect);
  const [component, ...components] = new Set(pins.map(componentOf));
  const [wanted, ...others] = new Set(Object.values(suspect));
  const serves = component === 'model' || component === 'image';
  if (serves && components.length === 0 && others.length === 0) {
    return Object.entries(versions).some(
      ([pin, version]) => componentOf(pin) === component && version === wanted,
    );
  }
  const shared = pins.filter((pin) => Object.hasOwn(versions, pin));
  return shared.length > 0 && shared.every((pin) => versions[pin] === suspect[pin]);
}

/** Whether two suspects are the same one: the same pins, whatever their order. */
export function sameSuspect(a: Versions, b: Versions): boolean {
  const both = bringsBack(a, b) && bringsBack(b, a);
  return both && Object.keys(a).length === Object.keys(b).length;
}

function differing(from: Versions, to: Versions): Versions {
  return Object.fromEntries(
    Object.entries(from).filter(([pin, version]: [PinId, string]) => to[pin] !== version),
  );
}
