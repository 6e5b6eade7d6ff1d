import type { PinProblem } from './pin.ts';
import { showText } from './show-text.ts';

/** One step of a path. `end` is where it ends in the path's text, so that a message can say how far it got. */
export type PathStep =
  | { readonly kind: 'key'; readonly key: string; readonly end: number }
  | { readonly kind: 'index'; readonly index: number; readonly end: number }
  /** The one item of a list whose `field`, a key or several nested keys, has the value. */
  | {
      readonly kind: 'select';
      readonly field: readonly string[];
      readonly value: string;
      readonly end: number;
    };

export type ParsedPath =
  | { readonly ok: true; readonly steps: readonly PathStep[] }
  | { readonly ok: false; readonly problem: PinProblem };

/** Longer paths are refused: no manifest is nested so deeply. */
const LONGEST = 1_000;

/** What a key may not hold outside quotes. */
const BARE_KEY_END = new Set(['.', '[', ']', '=', '"', "'", ' ', '\t', '\n', '\r']);

/**
 * Reads a pin's path: keys joined by dots, and steps in brackets.
 *
 * - `spec.model.storageUri`: keys. A backslash takes the next character as it is: `example\.com/rev`.
 * - `data["snapshot.id"]`, `data['snapshot.id']`: a key with any characters; `\"` and `\\` inside.
 * - `images[0]`: an item of a list, counted from 0.
 * - `containers[name=server]`, `[metadata.name=x]`, `[name="a b"]`: the item with that field. Without quotes
 *   the value goes to the closing bracket.
 *
 * A mistake is answered with `path-invalid`: where in the path it is, what was expected and what stands there.
 */
export function parsePath(text: string): ParsedPath {
  if (text.length > LONGEST) {
    return invalid(`The path has ${text.length} characters; at most ${LONGEST} are read.`);
  }
  const reader = new PathReader(text);
  try {
    return { ok: true, steps: reader.steps() };
  } catch (error) {
    if (error instanceof PathError) return invalid(error.message);
    throw error;
  }
}

function invalid(message: string): ParsedPath {
  return {
    ok: false,
    problem: {
      code: 'path-invalid',
      message,
      suggestion:
        'A path looks like `spec.containers[name=server].image` or `data["snapshot.id"]`.',
    },
  };
}

class PathError extends Error {}

class PathReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  steps(): PathStep[] {
    const steps: PathStep[] = [];
    do {
      if (this.#peek() === '[') steps.push(this.#bracket());
      else if (steps.length === 0) steps.push(this.#keyStep());
      else {
        this.#take('.', 'a dot or an opening bracket');
        steps.push(this.#keyStep());
      }
    } while (this.#at < this.#text.length);
    return steps;
  }

  #keyStep(): PathStep {
    const key = this.#bareKey('a key');
    return { kind: 'key', key, end: this.#at };
  }

  #bracket(): PathStep {
    this.#take('[', 'an opening bracket');
    const quote = this.#peek();
    if (quote === '"' || quote === "'") {
      const key = this.#quoted(quote);
      this.#take(']', 'the closing bracket after the quoted key');
      return { kind: 'key', key, end: this.#at };
    }
    const digits = /^\d+(?=\])/.exec(this.#text.slice(this.#at, this.#at + 10))?.[0];
    if (digits !== undefined) {
      this.#at += digits.length + 1;
      return { kind: 'index', index: Number(digits), end: this.#at };
    }
    const field = [
      this.#bareKey('an index like `[0]`, a selector like `[name=x]` or a quoted key'),
    ];
    while (this.#peek() === '.') {
      this.#at++;
      field.push(this.#bareKey('a key of the selector'));
    }
    this.#take('=', 'an equals sign and the value to select by');
    const value = this.#selectorValue();
    this.#take(']', 'the closing bracket of the selector');
    return { kind: 'select', field, value, end: this.#at };
  }

  #selectorValue(): string {
    const quote = this.#peek();
    if (quote === '"' || quote === "'") return this.#quoted(quote);
    const end = this.#text.indexOf(']', this.#at);
    const value = end < 0 ? '' : this.#text.slice(this.#at, end);
    if (value === '' || value !== value.trim()) {
      this.#fail(
        'a value to select by (in quotes if it has blanks at an end) and a closing bracket',
      );
    }
    this.#at = end;
    return value;
  }

  #bareKey(expected: string): string {
    let key = '';
    for (;;) {
      const next = this.#peek();
      if (next === undefined || BARE_KEY_END.has(next)) break;
      if (next === '\\') {
        this.#at++;
        const escaped = this.#peek();
        if (escaped === undefined) this.#fail('a character after the backslash');
        key += escaped;
      } else {
        key += next;
      }
      this.#at++;
    }
    if (key === '') this.#fail(expected);
    return key;
  }

  #quoted(quote: string): string {
    let key = '';
    this.#at++;
    for (;;) {
      let next = this.#peek();
      if (next === quote) break;
      if (next === '\\') {
        this.#at++;
        next = this.#peek();
      }
      if (next === undefined) this.#fail(`the closing quote ${quote}`);
      key += next;
      this.#at++;
    }
    this.#at++;
    return key;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(character: string, expected: string): void {
    if (this.#peek() !== character) this.#fail(expected);
    this.#at++;
  }

  #fail(expected: string): never {
    const found = this.#peek();
    throw new PathError(
      `The path ${showText(this.#text)} is wrong at character ${this.#at + 1}: expected ${expected}, found ${found === undefined ? 'its end' : showText(found)}.`,
    );
  }
}
