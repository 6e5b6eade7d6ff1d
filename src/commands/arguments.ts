import { parseTargetKey, type Target } from '../target.ts';
import { flatten } from '../texts/escape.ts';
import { DAY, MINUTE, parseDuration, type Milliseconds } from '../time.ts';
import type { CommandName } from './command.ts';
import { findName } from './find-name.ts';
import { findTarget, type FoundTarget, type Targets } from './find-target.ts';
import { Misread, type Missing, type Mistake } from './mistake.ts';

/** Double quotes as keyboards and phones make them. Any of them ends what any of them began. */
const QUOTES = '"“”„‟«»＂';
const QUOTED = new RegExp(String.raw`[${QUOTES}]((?:\\.|[^\\${QUOTES}])*)[${QUOTES}](?!\S)`, 'uy');
const OPENS = new RegExp(`^[${QUOTES}]`, 'u');
/** Phones make one dash of two. */
const FLAG = /(?:--|[\u2012-\u2015\u2212])([A-Za-z]+)(?:=|(?!\S))/uy;

const LONGEST_REASON = 500;
const LONGEST_VERSION = 200;
const LONGEST_WAIT = 30 * DAY;

/** The rest of a command's line, read from left to right. What cannot be read is thrown as a {@link Misread}. */
export class Arguments {
  readonly #name: CommandName;
  readonly #text: string;
  readonly #targets: Targets;
  readonly #commands: readonly CommandName[];
  #at = 0;

  constructor(name: CommandName, text: string, targets: Targets, commands: readonly CommandName[]) {
    this.#name = name;
    this.#text = text.trim();
    this.#targets = targets;
    this.#commands = commands;
  }

  /** The target at this place, or the one the comment is about. */
  target(): Target {
    return this.maybeTarget() ?? this.#fail({ code: 'missing', name: this.#name, what: 'target' });
  }

  /**
   * The same, where there may be none. Where the comment is about a target, a word that neither is one nor nearly
   * one, and does not look like one, belongs to what follows.
   */
  maybeTarget(): Target | undefined {
    const { here } = this.#targets;
    const start = this.#at;
    const word = this.#peekFlag() === undefined ? this.#word() : undefined;
    if (word === undefined) return here;
    const found = findTarget(word, this.#targets);
    if (found.kind === 'target') return found.target;
    if (here && found.kind === 'unknown' && found.meant === undefined && !namesOne(word)) {
      this.#at = start;
      return here;
    }
    return this.#fail(this.#asMistake(word, found));
  }

  version(): string {
    const word = this.#peekFlag() === undefined ? this.#word() : undefined;
    if (word === undefined)
      return this.#fail({ code: 'missing', name: this.#name, what: 'version' });
    return this.#asVersion(word);
  }

  /** `for 2h`. A `for` that no number follows begins the reason: "for the weekend". */
  maybeFor(): Milliseconds | undefined {
    const start = this.#at;
    const word = this.#word();
    const length = word?.toLowerCase() === 'for' ? this.#word() : undefined;
    if (length === undefined || !/^\d/.test(length)) {
      this.#at = start;
      return undefined;
    }
    const wait = parseDuration(length);
    if (wait === undefined || wait < MINUTE || wait > LONGEST_WAIT) {
      const unit = /^\d+$/.test(length) ? (this.#word() ?? '') : '';
      const found = `${length} ${unit}`.trim();
      return this.#fail({ code: 'not-a-duration', name: this.#name, found });
    }
    return wait;
  }

  /** The rest of the line, with or without `--reason` and quotes. */
  reason(): string {
    return this.maybeReason() ?? this.#fail({ code: 'missing', name: this.#name, what: 'reason' });
  }

  maybeReason(): string | undefined {
    const flag = this.#peekFlag();
    if (flag?.name === 'reason') this.#at = flag.end;
    else if (flag) return this.#unexpected(flag.text);
    const rest = this.#text.slice(this.#at).trim();
    this.#at = this.#text.length;
    return this.#asReason(unquoted(rest));
  }

  /** Options in any order, each once, before, between and after the target. */
  options<Name extends string>(
    known: Readonly<Record<Name, 'version' | 'reason' | 'switch'>>,
  ): { readonly target: Target; readonly given: Readonly<Partial<Record<Name, string>>> } {
    const names = Object.keys(known) as Name[];
    const given: Partial<Record<Name, string>> = {};
    let target: Target | undefined;
    for (;;) {
      const flag = this.#peekFlag();
      if (!flag) {
        const word = this.#peekWord();
        if (word === undefined) break;
        if (target) return this.#unexpected(word);
        target = this.maybeTarget();
        if (this.#peekWord() === word && this.#peekFlag() === undefined)
          return this.#unexpected(word);
        continue;
      }
      const name = names.find((one) => one === flag.name);
      if (name === undefined) return this.#unexpected(flag.text);
      if (given[name] !== undefined) {
        return this.#fail({ code: 'twice', name: this.#name, found: `--${name}` });
      }
      this.#at = flag.end;
      given[name] = this.#value(known[name], names);
    }
    return { target: target ?? this.target(), given };
  }

  /** The name of a command; undefined where the next word is none. */
  commandName(): CommandName | undefined {
    return findName(this.#commands, this.#word() ?? '');
  }

  end(): void {
    const word = this.#peekWord();
    if (word !== undefined) this.#unexpected(word);
  }

  #value(kind: 'version' | 'reason' | 'switch', names: readonly string[]): string {
    if (kind === 'switch') return 'yes';
    if (kind === 'version') return this.version();
    this.#skipBlanks();
    if (OPENS.test(this.#text.slice(this.#at))) {
      return this.#asReason(this.#word() ?? '') ?? this.#missing('reason');
    }
    const start = this.#at;
    for (;;) {
      const flag = this.#peekFlag();
      if (flag && names.includes(flag.name)) break;
      if (!this.#skipWord()) break;
    }
    return this.#asReason(this.#text.slice(start, this.#at)) ?? this.#missing('reason');
  }

  #asReason(text: string): string | undefined {
    if (!/[\p{L}\p{N}]/u.test(text)) return undefined;
    return flatten(text, LONGEST_REASON);
  }

  #asVersion(word: string): string {
    if (word.length > LONGEST_VERSION) {
      return this.#fail({ code: 'too-long', name: this.#name, what: 'version' });
    }
    return word.trim() === '' ? this.#missing('version') : word;
  }

  #asMistake(found: string, by: Exclude<FoundTarget, { kind: 'target' }>): Mistake {
    const name = this.#name;
    if (by.kind === 'ambiguous') return { code: 'ambiguous-target', name, found, known: by.known };
    const { meant } = by;
    return { code: 'unknown-target', name, found, ...(meant !== undefined && { meant }) };
  }

  #missing(what: Missing): never {
    return this.#fail({ code: 'missing', name: this.#name, what });
  }

  #unexpected(found: string): never {
    return this.#fail({ code: 'unexpected', name: this.#name, found });
  }

  #fail(mistake: Mistake): never {
    throw new Misread(mistake);
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #skipWord(): boolean {
    this.#skipBlanks();
    const start = this.#at;
    while (/\S/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#at > start;
  }

  #peekWord(): string | undefined {
    const start = this.#at;
    const word = this.#word();
    this.#at = start;
    return word;
  }

  #peekFlag(): { readonly name: string; readonly text: string; readonly end: number } | undefined {
    this.#skipBlanks();
    FLAG.lastIndex = this.#at;
    const match = FLAG.exec(this.#text);
    if (!match?.[1]) return undefined;
    return { name: match[1].toLowerCase(), text: match[0], end: FLAG.lastIndex };
  }

  #word(): string | undefined {
    this.#skipBlanks();
    const start = this.#at;
    QUOTED.lastIndex = start;
    const quoted = QUOTED.exec(this.#text)?.[1];
    if (quoted !== undefined) {
      this.#at = QUOTED.lastIndex;
      return quoted.replaceAll(/\\(.)/g, '$1');
    }
    if (OPENS.test(this.#text.slice(start, start + 1))) {
      return this.#fail({ code: 'unclosed-quote', name: this.#name });
    }
    return this.#skipWord() ? this.#text.slice(start, this.#at) : undefined;
  }
}

/** Whether a word can only be meant as a target. */
function namesOne(word: string): boolean {
  return parseTargetKey(word) !== undefined;
}

/** A reason without the quotes around the whole of it. */
function unquoted(text: string): string {
  QUOTED.lastIndex = 0;
  const match = QUOTED.exec(text);
  return match?.[1] !== undefined && match[0].length === text.length
    ? match[1].replaceAll(/\\(.)/g, '$1')
    : text;
}
