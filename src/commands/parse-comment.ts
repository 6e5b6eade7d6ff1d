import { nearestName } from '../nearest-name.ts';
import { flatten } from '../texts/escape.ts';
import { Arguments } from './arguments.ts';
import type { Command, CommandName } from './command.ts';
import { findName } from './find-name.ts';
import { findTextLines, type TextLine } from './find-lines.ts';
import type { Targets } from './find-target.ts';
import { looksLike } from './look-alike.ts';
import { MOST_COMMANDS } from './most-commands.ts';
import { Misread, type Mistake } from './mistake.ts';
import { COMMAND_NAMES, COMMANDS } from './registry.ts';

/** One line of a comment that is a command, or was meant as one. */
export type SaidLine = {
  /** Its number in the comment, from 1: with the comment's id, what the command is known by. */
  readonly line: number;
  /** The line on one line of visible characters, to quote it by. */
  readonly text: string;
} & ({ readonly command: Command } | { readonly mistake: Mistake });

export interface ParsedComment {
  /** In the order they stand. */
  readonly said: readonly SaidLine[];
  /** So many further lines are commands too, and are not looked at. */
  readonly leftOut: number;
}

/** Commands of other bots that are near to ones here. */
const OF_OTHERS: ReadonlySet<string> = new Set(['retest', 'retitle', 'release', 'lock', 'unlock']);

/** The start of a command's line, and the rest. */
const LINE = /^ {0,3}\/([^\s/]+)(?:\s+(.*))?$/su;

/** Characters that a reader does not see, or that show the others elsewhere. */
const HIDDEN = /[\p{Cc}\p{Cf}]/u;
/** Of these, emoji and some scripts need the joiners, and nobody minds a tab. */
const HARMLESS = /\t|\u200c|\u200d/g;

/**
 * The commands of a comment: one a line, at the line's start, where the line is text to whoever reads it (see
 * {@link findTextLines}). What was meant as a command and is none comes back as a mistake; a line for somebody else's
 * bot is passed over. Pure, and never throws; the work grows with the length of the comment only.
 */
export function parseComment(body: string, targets: Targets): ParsedComment {
  const said: SaidLine[] = [];
  let leftOut = 0;
  for (const line of findTextLines(body)) {
    if (said.length >= MOST_COMMANDS) {
      if (nameOf(line.text) !== undefined && !line.quoted) leftOut += 1;
      continue;
    }
    const read = readLine(line, targets);
    if (read) said.push({ line: line.line, text: flatten(line.text, 200), ...read });
  }
  return { said, leftOut };
}

/** Whether anything in a comment is a command, or was meant as one. */
export function hasCommands(body: string): boolean {
  return parseComment(body, { known: [] }).said.length > 0;
}

type Read = { readonly command: Command } | { readonly mistake: Mistake };

function readLine({ text, quoted }: TextLine, targets: Targets): Read | undefined {
  const name = nameOf(text);
  if (name === undefined) return quoted ? undefined : meantAs(text);
  if (quoted) return { mistake: { code: 'quoted', meant: name } };
  // It could make the line say something else than it shows.
  if (HIDDEN.test(text.replace(HARMLESS, '')))
    return { mistake: { code: 'hidden-characters', name } };
  const rest = LINE.exec(text)?.[2] ?? '';
  try {
    return { command: COMMANDS[name].read(new Arguments(name, rest, targets, COMMAND_NAMES)) };
  } catch (error) {
    if (error instanceof Misread) return { mistake: error.mistake };
    throw error;
  }
}

function nameOf(text: string): CommandName | undefined {
  return findName(COMMAND_NAMES, LINE.exec(text)?.[1] ?? '');
}

/** What a line that is no command was meant as; undefined when it was probably meant for nobody here. */
function meantAs(text: string): Read | undefined {
  const word = LINE.exec(text)?.[1];
  if (word !== undefined && /^[\x21-\x7e]+$/.test(word)) {
    const meant = OF_OTHERS.has(word.toLowerCase()) ? undefined : nearest(word);
    return meant && { mistake: { code: 'unknown-command', found: `/${word}`, meant } };
  }
  if (/^(?: {4}|[\x20-\x7e\t]*$)/.test(text)) return undefined;
  const meant = findName(COMMAND_NAMES, looksLike(text) ?? '');
  return meant && { mistake: { code: 'look-alike', meant } };
}

function nearest(word: string): CommandName | undefined {
  return findName(COMMAND_NAMES, nearestName(word, COMMAND_NAMES) ?? '');
}
