import { checkValue } from './check-value.ts';
import { locatePin } from './locate-pin.ts';
import { openManifest, type Manifest } from './manifest.ts';
import type { Pin, PinId, PinProblem, PinValue } from './pin.ts';
import type { ScalarPlace } from './place.ts';
import { readScalar } from './read-pin.ts';
import { showText } from './show-text.ts';
import { checkPattern, extractVersion, insertVersion } from './version-pattern.ts';
import { writeScalar } from './write-scalar.ts';

/**
 * Byte-exact edits. What always holds:
 *
 * 1. Only the source range of a pin's scalar is replaced, quotes included; every other character of the file
 *    stays: comments, anchors, tags, blanks, line ends, the byte order mark.
 * 2. After each edit the file is parsed again, and the pin must be found at exactly the replaced range with
 *    exactly the wanted value. A text that breaks out of its scalar fails this, whatever it is. All pins are
 *    read once more at the end.
 * 3. A scalar's earlier token is put back as it was, if it reads as the wanted value where it now stands. So
 *    setting the pins of a commit that changed only them to their earlier tokens restores the file byte for
 *    byte, quotes included.
 * 4. Without a token that fits, the style of the current scalar is kept, and a string stays a string for
 *    readers of YAML 1.1 and 1.2.
 * 5. What other places share is not edited: aliases, what an alias uses, merged maps. Nor are block scalars
 *    and scalars with a tag of their own.
 * 6. All or nothing: a problem with one pin changes no pin. Nothing throws.
 */

/**
 * What a pin is to say. `value` is the whole scalar, `version` the part that the pin's pattern selects (the
 * whole, if it has none). `token` is the scalar as it stood in an earlier version of the file: a
 * {@link PinValue} read there is a goal as it is.
 */
export type PinGoal =
  | { readonly token: string; readonly version: string; readonly value: string }
  | { readonly value: string }
  | { readonly version: string };

export interface PinChange {
  readonly pin: Pin;
  readonly goal: PinGoal;
}

export type PinSet =
  | {
      readonly ok: true;
      readonly text: string;
      readonly before: PinValue;
      readonly after: PinValue;
    }
  | { readonly ok: false; readonly problem: PinProblem };

export type PinsSet =
  | {
      readonly ok: true;
      readonly text: string;
      /** In the order of the changes. */
      readonly changes: readonly { readonly before: PinValue; readonly after: PinValue }[];
    }
  | { readonly ok: false; readonly pin: PinId; readonly problem: PinProblem };

/** Sets one pin of a file. Setting it to what it says changes nothing, and tells whether it could be set. */
export function setPin(text: string, pin: Pin, goal: PinGoal): PinSet {
  const set = setPins(text, [{ pin, goal }]);
  if (!set.ok) return { ok: false, problem: set.problem };
  const [change] = set.changes;
  return change
    ? { ok: true, text: set.text, ...change }
    : { ok: false, problem: notEditable(pin, 'it could not be read after the change') };
}

/** Sets several pins of one file at once, or none of them. Problems name the first pin that has one. */
export function setPins(text: string, changes: readonly PinChange[]): PinsSet {
  const [first] = changes;
  if (!first) return { ok: true, text, changes: [] };
  const opened = openManifest(first.pin.file, text);
  if (!opened.ok) return { ok: false, pin: first.pin.id, problem: opened.problem };
  return setPinsIn(opened.manifest, changes);
}

/** The same in a parsed file. */
export function setPinsIn(before: Manifest, changes: readonly PinChange[]): PinsSet {
  let manifest = before;
  for (const { pin, goal } of changes) {
    const next = pin.file === before.file ? applyGoal(manifest, pin, goal) : otherFile(pin);
    if ('code' in next) return { ok: false, pin: pin.id, problem: next };
    manifest = next;
  }

  const results: { before: PinValue; after: PinValue }[] = [];
  for (const { pin, goal } of changes) {
    const was = readIn(before, pin);
    const is = readIn(manifest, pin);
    if (!was || !is || !meetsGoal(is, goal)) {
      const problem = notEditable(
        pin,
        'another pin of the same change also decides what stands there',
      );
      return { ok: false, pin: pin.id, problem };
    }
    results.push({ before: was, after: is });
  }
  return { ok: true, text: manifest.text, changes: results };
}

/** Sets one pin of a parsed file and parses the outcome. */
function applyGoal(manifest: Manifest, pin: Pin, goal: PinGoal): Manifest | PinProblem {
  const located = locatePin(manifest, pin);
  if (!located.ok) return located.problem;
  const { scalar } = located;
  const current = readScalar(manifest, pin, scalar);
  if (!current.ok) return current.problem;
  if (scalar.lock !== undefined) {
    return { ...notEditable(pin, `it ${scalar.lock}`), line: current.value.line };
  }
  const value = wantedValue(pin, goal);
  if (typeof value !== 'string') return value;

  const earlier = 'token' in goal ? goal.token : undefined;
  const same = value === scalar.text;
  if (same && (earlier === undefined || earlier === current.value.token)) return manifest;
  const restored =
    earlier === undefined ? undefined : splice(manifest, pin, scalar, earlier, value);
  if (restored) return restored;
  if (same) return manifest;
  return (
    splice(manifest, pin, scalar, writeScalar(manifest.format, scalar, value), value) ?? {
      ...notEditable(pin, `the file would not read ${showText(value)} there after the change`),
      line: current.value.line,
    }
  );
}

/** The whole value that a goal asks for, if it is one that the pin can have. */
function wantedValue(pin: Pin, goal: PinGoal): string | PinProblem {
  const pattern = pin.version;
  const fault = pattern === undefined ? undefined : checkPattern(pattern);
  if (fault) return fault;

  let value: string | undefined;
  if ('value' in goal) value = goal.value;
  else value = pattern === undefined ? goal.version : insertVersion(pattern, goal.version);
  if (value === undefined) {
    return mismatch(
      `An empty version was asked for at ${showText(pin.path)}; the pattern needs one.`,
    );
  }
  const bad = checkValue(value);
  if (bad !== undefined) {
    return mismatch(`The value ${showText(value)} asked for at ${showText(pin.path)} ${bad}.`);
  }
  const version = pattern === undefined ? value : extractVersion(pattern, value);
  if (version === undefined) {
    return mismatch(
      `The value ${showText(value)} asked for at ${showText(pin.path)} does not match the pattern ${showText(pattern ?? '')}.`,
    );
  }
  if ('version' in goal && goal.version !== version) {
    return mismatch(
      `The value ${showText(value)} asked for at ${showText(pin.path)} holds the version ${showText(version)}, and ${showText(goal.version)} was asked for.`,
    );
  }
  return value;
}

/** Replaces the scalar by a token, and answers the outcome if exactly the token reads as the value there. */
function splice(
  manifest: Manifest,
  pin: Pin,
  scalar: ScalarPlace,
  token: string,
  value: string,
): Manifest | undefined {
  const { file, text } = manifest;
  const opened = openManifest(file, text.slice(0, scalar.start) + token + text.slice(scalar.end));
  if (!opened.ok) return undefined;
  const located = locatePin(opened.manifest, pin);
  if (!located.ok) return undefined;
  const { start, end, text: found, lock } = located.scalar;
  const exact = start === scalar.start && end === start + token.length;
  return exact && found === value && lock === undefined ? opened.manifest : undefined;
}

function readIn(manifest: Manifest, pin: Pin): PinValue | undefined {
  const located = locatePin(manifest, pin);
  if (!located.ok) return undefined;
  const reading = readScalar(manifest, pin, located.scalar);
  return reading.ok ? reading.value : undefined;
}

function meetsGoal(after: PinValue, goal: PinGoal): boolean {
  if ('version' in goal && goal.version !== after.version) return false;
  return !('value' in goal) || goal.value === after.value;
}

function otherFile(pin: Pin): PinProblem {
  return notEditable(pin, `it stands in ${showText(pin.file)}, another file than the first pin`);
}

function notEditable(pin: Pin, why: string): PinProblem {
  return {
    code: 'not-editable',
    message: `${showText(pin.path)} cannot be set: ${why}.`,
    suggestion: 'Pin a place that has a value of its own, written on one line.',
  };
}

function mismatch(message: string): PinProblem {
  return { code: 'pattern-mismatch', message, suggestion: 'Ask for a value like the current one.' };
}
