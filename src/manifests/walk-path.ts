import { nearestName } from '../nearest-name.ts';
import type { PathStep } from './parse-path.ts';
import type { PinProblem } from './pin.ts';
import { describePlace, placeAt, scalarText, type Place, type ScalarPlace } from './place.ts';
import { showList, showText } from './show-text.ts';

/** Where a path led in one document. */
export type Walk =
  | { readonly ok: true; readonly scalar: ScalarPlace }
  | {
      readonly ok: false;
      readonly problem: PinProblem;
      /** Whether the document has something at the path, though not one scalar. */
      readonly met: boolean;
      /** How many steps were taken. */
      readonly depth: number;
    };

/** One step's outcome: the place it leads to, or what to tell. */
type Stepped =
  | { readonly place: Place }
  | { readonly code: PinProblem['code']; readonly message: string; readonly suggestion?: string };

/** Follows a path from the root of a document to its scalar. `path` is its text, for messages. */
export function walkPath(root: Place, steps: readonly PathStep[], path: string): Walk {
  let here = root;
  let done = 0;
  for (const [depth, step] of steps.entries()) {
    const where = done === 0 ? 'the top of the document' : showText(path.slice(0, done));
    const stepped = takeStep(here, step, where);
    if (!('place' in stepped)) {
      const met = stepped.code === 'path-ambiguous';
      return { ok: false, problem: stepped, met, depth };
    }
    here = stepped.place;
    done = step.end;
  }
  if (here.kind === 'scalar') return { ok: true, scalar: here };
  const problem: PinProblem = {
    code: 'not-a-scalar',
    message: `${showText(path)} holds ${describePlace(here)}; a single value was expected.`,
    suggestion: inside(here),
  };
  return { ok: false, problem, met: true, depth: steps.length };
}

function takeStep(here: Place, step: PathStep, where: string): Stepped {
  if (step.kind === 'key') return takeKey(here, step.key, where);
  if (here.kind !== 'list') {
    return {
      code: 'path-not-found',
      message: `The path wants an item of a list at ${where}, where ${describePlace(here)} stands.`,
      suggestion: inside(here),
    };
  }
  const items = here.items();
  if (step.kind === 'select') return selectItem(items, step, where);
  const place = items[step.index];
  if (place) return { place };
  return {
    code: 'path-not-found',
    message: `The list at ${where} has ${items.length} items, and the path wants number ${step.index}, counted from 0.`,
    suggestion: inside(here),
  };
}

function takeKey(here: Place, key: string, where: string): Stepped {
  if (here.kind !== 'map') {
    return {
      code: 'path-not-found',
      message: `The path wants the key ${showText(key)} at ${where}, where ${describePlace(here)} stands.`,
      suggestion: inside(here),
    };
  }
  const places = here.get(key);
  const [place] = places;
  if (place && places.length === 1) return { place };
  if (place) {
    return {
      code: 'path-ambiguous',
      message: `The key ${showText(key)} is given ${places.length} times at ${where}; exactly one was expected.`,
      suggestion: 'Remove all but one of them.',
    };
  }
  const nearest = nearestName(key, here.keys());
  return {
    code: 'path-not-found',
    message: `There is no key ${showText(key)} at ${where}.`,
    suggestion: nearest === undefined ? inside(here) : `Did you mean ${showText(nearest)}?`,
  };
}

function selectItem(
  items: readonly Place[],
  step: Extract<PathStep, { kind: 'select' }>,
  where: string,
): Stepped {
  const byValue = indexOf(items, step.field);
  const chosen = byValue.get(step.value) ?? [];
  const [place] = chosen;
  if (place && chosen.length === 1) return { place };
  const field = showText(step.field.join('.'));
  const wanted = `${field} ${showText(step.value)}`;
  if (place) {
    return {
      code: 'path-ambiguous',
      message: `${chosen.length} items of the list at ${where} have ${wanted}; exactly one was expected.`,
      suggestion: 'Select by a field that differs, or by index like `[0]`.',
    };
  }
  const values = [...byValue.keys()];
  const nearest = nearestName(step.value, values);
  let suggestion = `No item has a single value at ${field}.`;
  if (values.length > 0) suggestion = `The items have ${showList(values)}.`;
  if (nearest !== undefined) suggestion = `Did you mean ${showText(nearest)}?`;
  return {
    code: 'path-not-found',
    message: `No item of the list at ${where} has ${wanted}.`,
    suggestion,
  };
}

/** Kept as long as the list: thousands of pins may select from it. */
const indices = new WeakMap<readonly Place[], Map<string, ReadonlyMap<string, readonly Place[]>>>();

/** The items of a list by the value of a field of theirs. */
function indexOf(
  items: readonly Place[],
  field: readonly string[],
): ReadonlyMap<string, readonly Place[]> {
  const ofList = indices.get(items) ?? new Map<string, ReadonlyMap<string, readonly Place[]>>();
  indices.set(items, ofList);
  const name = JSON.stringify(field);
  const known = ofList.get(name);
  if (known) return known;
  const byValue = new Map<string, Place[]>();
  for (const item of items) {
    const value = scalarText(placeAt(item, field));
    if (value === undefined) continue;
    const same = byValue.get(value);
    if (same) same.push(item);
    else byValue.set(value, [item]);
  }
  ofList.set(name, byValue);
  return byValue;
}

/** Says what can be named inside a place, as a suggestion. */
function inside(place: Place): string {
  if (place.kind === 'map') {
    const keys = place.keys();
    return keys.length === 0 ? 'The map is empty.' : `The keys there are ${showList(keys)}.`;
  }
  if (place.kind === 'list') {
    const names = [...indexOf(place.items(), ['name']).keys()];
    return names.length === 0
      ? 'Select an item by index like `[0]`, or by a field like `[name=server]`.'
      : `Select an item like \`[name=…]\`; the names there are ${showList(names)}.`;
  }
  return place.kind === 'scalar'
    ? 'End the path where the value stands.'
    : 'Give the place a value, or pin another one.';
}
