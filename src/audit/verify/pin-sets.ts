import type { Instant } from '../../time.ts';

/** Sets of pins with versions, found again by whether some versions hold all of one: in one look-up for each choice of pins. */
export class PinSets {
  readonly #byPins = new Map<
    string,
    { readonly pins: readonly string[]; readonly since: Map<string, Instant> }
  >();

  /** One that counts from a moment on. One of no pins holds nothing. */
  add(set: ReadonlyMap<string, string>, at: Instant): void {
    if (set.size === 0) return;
    const pins = [...set.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    const name = JSON.stringify(pins);
    const found = this.#byPins.get(name) ?? { pins, since: new Map<string, Instant>() };
    this.#byPins.set(name, found);
    const key = JSON.stringify(pins.map((pin) => set.get(pin)));
    found.since.set(key, Math.min(at, found.since.get(key) ?? Infinity));
  }

  /** Whether some versions hold all of one that counted at a moment. */
  within(versions: ReadonlyMap<string, string>, at: Instant = Infinity): boolean {
    for (const { pins, since } of this.#byPins.values()) {
      const from = since.get(JSON.stringify(pins.map((pin) => versions.get(pin))));
      if (from !== undefined && from <= at) return true;
    }
    return false;
  }
}
