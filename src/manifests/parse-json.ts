import type { ListPlace, MapPlace, ParsedText, Place } from './place.ts';

/**
 * Reads JSON (RFC 8259) into places. `JSON.parse` answers values without offsets and the YAML parser accepts
 * what is not JSON and limits the length of keys, so this is its own reader: exactly the texts that
 * `JSON.parse` accepts, plus a byte order mark. It does not recurse: nesting is limited by memory alone.
 * A key given twice is kept twice, and a path through it is ambiguous.
 */
export function parseJson(text: string): ParsedText {
  try {
    return { ok: true, documents: [new JsonReader(text).read()] };
  } catch (error) {
    if (error instanceof JsonError)
      return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const BLANKS = /[ \t\r\n]*/y;

class JsonError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A map or list whose end has not come yet. */
type Open =
  | { readonly kind: 'map'; readonly entries: Map<string, Place[]>; key: string }
  | { readonly kind: 'list'; readonly items: Place[] };

class JsonReader {
  readonly #text: string;
  #at: number;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  read(): Place {
    const stack: Open[] = [];
    for (;;) {
      let place = this.#value(stack);
      if (!place) continue;
      // The value is complete: it may complete what it stands in, and so on outwards.
      for (;;) {
        const open = stack.at(-1);
        this.#skipBlanks();
        if (!open) {
          if (this.#at < this.#text.length) this.#fail('the end of the file');
          return place;
        }
        put(open, place);
        const close = open.kind === 'map' ? '}' : ']';
        if (this.#skip(',')) {
          if (open.kind === 'map') open.key = this.#key();
          break;
        }
        if (!this.#skip(close)) this.#fail(`a comma or \`${close}\``);
        stack.pop();
        place = finish(open);
      }
    }
  }

  /** Reads a whole value, or opens a map or list with something in it. */
  #value(stack: Open[]): Place | undefined {
    this.#skipBlanks();
    const start = this.#at;
    if (this.#text[start] === '"') {
      const text = this.#string();
      return { kind: 'scalar', style: 'double', text, start, end: this.#at };
    }
    if (this.#skip('{')) {
      this.#skipBlanks();
      if (this.#skip('}')) return finish({ kind: 'map', entries: new Map(), key: '' });
      stack.push({ kind: 'map', entries: new Map(), key: this.#key() });
      return undefined;
    }
    if (this.#skip('[')) {
      this.#skipBlanks();
      if (this.#skip(']')) return finish({ kind: 'list', items: [] });
      stack.push({ kind: 'list', items: [] });
      return undefined;
    }
    const text = this.#match(NUMBER) || this.#match(LITERAL);
    if (text === '') this.#fail('a value');
    return { kind: 'scalar', style: 'plain', text, start, end: this.#at };
  }

  #key(): string {
    this.#skipBlanks();
    if (this.#text[this.#at] !== '"') this.#fail('a key in double quotes');
    const key = this.#string();
    this.#skipBlanks();
    if (!this.#skip(':')) this.#fail('a colon after the key');
    return key;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"')
      end += this.#text[end] === '\\' ? 2 : 1;
    try {
      const value: unknown = JSON.parse(this.#text.slice(start, end + 1));
      this.#at = end + 1;
      return String(value);
    } catch {
      throw new JsonError(
        'the string is not closed, or has a bad escape or a bare control character.',
        start,
      );
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skipBlanks(): void {
    this.#match(BLANKS);
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #fail(expected: string): never {
    const found = this.#text[this.#at];
    const what = found === undefined ? 'the end of the file' : JSON.stringify(found);
    throw new JsonError(`expected ${expected}, found ${what}.`, this.#at);
  }
}

function put(open: Open, place: Place): void {
  if (open.kind === 'list') {
    open.items.push(place);
    return;
  }
  const places = open.entries.get(open.key);
  if (places) places.push(place);
  else open.entries.set(open.key, [place]);
}

function finish(open: Open): MapPlace | ListPlace {
  if (open.kind === 'list') return { kind: 'list', items: () => open.items };
  return {
    kind: 'map',
    keys: () => [...open.entries.keys()],
    get: (key) => open.entries.get(key) ?? [],
  };
}
