/** A tag longer than this is taken to hide what follows: so the work stays a multiple of the length. */
const LONGEST_TAG = 1_000;

/** What may begin something that hides text, or take that meaning from the next character. */
const INTERESTING = /[\\`<\]]/g;

/** As much as lies between a tag's name and its end: quoted parts may hold anything. A superset of CommonMark's. */
const WITHIN_TAG = /(?:[^"'<>]|"[^"]*"|'[^']*')*/y;
/** The same for a link's address and title. */
const WITHIN_ADDRESS = /(?:[^"'()]|"[^"]*"|'[^']*'|\([^()]*\))*/y;

/**
 * Which lines of a paragraph a reader does not see as text at their start, by index: those that begin within a code
 * span, a comment or another piece of HTML, or the address of a link. What cannot be told is hidden. One pass: the
 * work is a bounded multiple of the length, whatever the text says.
 */
export function findHidden(lines: readonly string[]): ReadonlySet<number> {
  const text = lines.join('\n');
  const hidden = new Set<number>();
  if (lines.length < 2) return hidden;
  const starts = startsOf(lines);
  const closers = new Closers(text);
  let next = 1;
  let at = 0;
  while (next < starts.length) {
    INTERESTING.lastIndex = at;
    const found = INTERESTING.exec(text);
    if (!found) break;
    const begin = found.index;
    const end = closers.spanFrom(begin);
    while (next < starts.length && (starts[next] ?? 0) <= begin) next += 1;
    if (end.hides) {
      for (; next < starts.length && (starts[next] ?? 0) < end.at; next += 1) hidden.add(next);
    }
    at = end.at;
  }
  return hidden;
}

function startsOf(lines: readonly string[]): readonly number[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return starts;
}

/** Where to read on, and whether what lies before is hidden. */
interface Span {
  readonly at: number;
  readonly hides: boolean;
}

/** Finds where things end. Remembers what never comes again, so that no end is looked for twice in vain. */
class Closers {
  readonly #text: string;
  readonly #missing = new Set<string>();
  readonly #ticks: ReadonlyMap<number, number>;

  constructor(text: string) {
    this.#text = text;
    this.#ticks = pairTicks(text);
  }

  spanFrom(begin: number): Span {
    const text = this.#text;
    switch (text.charAt(begin)) {
      case '\\':
        return { at: begin + 2, hides: false };
      case '`':
        return this.#code(begin);
      case ']':
        return text[begin + 1] === '('
          ? this.#within(begin + 2, WITHIN_ADDRESS, ')')
          : { at: begin + 1, hides: false };
      default:
        return this.#html(begin);
    }
  }

  #code(begin: number): Span {
    let end = begin;
    while (this.#text[end] === '`') end += 1;
    const close = this.#ticks.get(end);
    // After a backslash the run is shorter than the one that was paired: then nobody looked for its end.
    const whole = this.#text[begin - 1] !== '`';
    if (!whole) return { at: this.#text.length, hides: true };
    return close === undefined ? { at: end, hides: false } : { at: close, hides: true };
  }

  #html(begin: number): Span {
    const rest = this.#text.slice(begin, begin + 9);
    if (rest.startsWith('<!--')) return this.#until('-->', begin + 4);
    if (rest.startsWith('<?')) return this.#until('?>', begin + 2);
    if (rest === '<![CDATA[') return this.#until(']]>', begin + 9);
    if (/^<![A-Za-z]/.test(rest)) return this.#until('>', begin + 2);
    if (/^<[A-Za-z/]/.test(rest)) return this.#within(begin + 1, WITHIN_TAG, '>');
    return { at: begin + 1, hides: false };
  }

  #until(end: string, from: number): Span {
    const at = this.#missing.has(end) ? -1 : this.#text.indexOf(end, from);
    if (at >= 0) return { at: at + end.length, hides: true };
    this.#missing.add(end);
    return { at: from, hides: false };
  }

  #within(from: number, inside: RegExp, end: string): Span {
    const part = this.#text.slice(from, from + LONGEST_TAG);
    inside.lastIndex = 0;
    const length = inside.exec(part)?.[0].length ?? 0;
    if (part[length] === end) return { at: from + length + 1, hides: true };
    const cut = from + LONGEST_TAG < this.#text.length;
    const open = length === part.length || part[length] === '"' || part[length] === "'";
    return open && cut ? { at: this.#text.length, hides: true } : { at: from, hides: false };
  }
}

/** For the end of each run of backticks, the end of the next run of the same length. */
function pairTicks(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open = new Map<number, number>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const end = index + run.length;
    const before = open.get(run.length);
    if (before !== undefined) pairs.set(before, end);
    open.set(run.length, end);
  }
  return pairs;
}
