import type { Instant } from '../time.ts';

/** Where a command writes, and the time it works at. */
export interface Terminal {
  /** Writes to standard output; a line end is added. */
  readonly out: (text: string) => void;
  /** Writes to standard error; a line end is added. */
  readonly error: (text: string) => void;
  readonly now: Instant;
  /** Whether a person reads standard output: text that must stay byte for byte is then made harmless all the same. */
  readonly isInteractive?: boolean;
  /** Shows how far a long command is in place of what it showed before; nothing when it is done. Absent: nobody looks. */
  readonly progress?: (text: string) => void;
}

/**
 * Characters that a terminal obeys, or that hide or rearrange what a person reads: control and format characters,
 * halves of pairs. Versions, subjects and names come from whoever can write a commit.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Writes hidden characters as `\u001b`; line ends and tabs stay. */
export function showHidden(text: string): string {
  return text.replace(HIDDEN, (found) =>
    found === '\n' || found === '\t'
      ? found
      : [...Array(found.length).keys()].map((i) => escapeUnit(found.charCodeAt(i))).join(''),
  );
}

/** A value as JSON that any terminal can show: the same value to a parser, no hidden character raw. */
export function toJson(value: unknown): string {
  return showHidden(JSON.stringify(value, undefined, 2));
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
