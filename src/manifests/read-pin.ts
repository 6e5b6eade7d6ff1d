import { checkValue } from './check-value.ts';
import { locatePin } from './locate-pin.ts';
import { openManifest, type Manifest } from './manifest.ts';
import type { Pin, PinProblem, PinReading } from './pin.ts';
import type { ScalarPlace } from './place.ts';
import { showText } from './show-text.ts';
import { textPosition } from './text-position.ts';
import { checkPattern, extractVersion } from './version-pattern.ts';

/**
 * Reads what a pin says in one version of its file. Versions are text as the source has it: `1.10` is not
 * `1.1`, `yes` is not `true`. What counts as a value is said in check-value.ts, what each form of YAML means
 * in parse-yaml.ts. Every outcome is a reading or a problem; nothing throws.
 *
 * A pin that can be read cannot always be set: an alias, a block scalar, something that an alias shares.
 * Setting it to what it says already tells (set-pin.ts).
 */
export function readPin(text: string, pin: Pin): PinReading {
  const opened = openManifest(pin.file, text);
  return opened.ok ? readPinIn(opened.manifest, pin) : opened;
}

/** Reads several pins of one file, in their order, and parses the file once. */
export function readPins(text: string, pins: readonly Pin[]): readonly PinReading[] {
  const [first] = pins;
  if (!first) return [];
  const opened = openManifest(first.file, text);
  return pins.map((pin) => (opened.ok ? readPinIn(opened.manifest, pin) : opened));
}

/** Reads a pin of a parsed file. */
export function readPinIn(manifest: Manifest, pin: Pin): PinReading {
  const located = locatePin(manifest, pin);
  return located.ok ? readScalar(manifest, pin, located.scalar) : located;
}

/** Takes the version out of a pin's scalar. */
export function readScalar(manifest: Manifest, pin: Pin, scalar: ScalarPlace): PinReading {
  const { line, column } = textPosition(manifest.text, scalar.start);
  const fail = (problem: PinProblem): PinReading => ({
    ok: false,
    problem: { ...problem, line, column },
  });
  const value = scalar.text;
  const fault = checkValue(value);
  if (fault !== undefined) {
    return fail({
      code: 'pattern-mismatch',
      message: `The value ${showText(value)} at ${showText(pin.path)} ${fault}.`,
      suggestion:
        scalar.style === 'block'
          ? 'Write the value on the line of its key.'
          : 'Pin the place where the version itself is written.',
    });
  }
  const version = pin.version === undefined ? value : extractVersion(pin.version, value);
  if (version === undefined) {
    return fail(
      checkPattern(pin.version ?? '') ?? {
        code: 'pattern-mismatch',
        message: `The value ${showText(value)} at ${showText(pin.path)} does not match the pattern ${showText(pin.version ?? '')}.`,
        suggestion: 'Mend the pattern of the pin, or the value.',
      },
    );
  }
  const token = manifest.text.slice(scalar.start, scalar.end);
  return { ok: true, value: { version, value, token, line } };
}
