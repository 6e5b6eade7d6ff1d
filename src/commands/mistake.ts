import type { CommandName } from './command.ts';

/** What a command needs and did not get. */
export type Missing = 'target' | 'reason' | 'version';

/**
 * Why a line is no command although it was meant as one. Closed: every member has a sentence in `texts/commands.ts`.
 * `found` is as it was written, unescaped.
 */
export type Mistake =
  | { readonly code: 'unknown-command'; readonly found: string; readonly meant: CommandName }
  /** It begins with another character than a slash, or has other letters than it seems to. */
  | { readonly code: 'look-alike'; readonly meant: CommandName }
  /** It stands in a quote, because no blank line parts it from one. */
  | { readonly code: 'quoted'; readonly meant: CommandName }
  /** Control characters, or ones that change what a reader sees. */
  | { readonly code: 'hidden-characters'; readonly name: CommandName }
  | { readonly code: 'missing'; readonly name: CommandName; readonly what: Missing }
  | { readonly code: 'too-long'; readonly name: CommandName; readonly what: Missing }
  | {
      readonly code: 'unknown-target';
      readonly name: CommandName;
      readonly found: string;
      readonly meant?: string;
    }
  | {
      readonly code: 'ambiguous-target';
      readonly name: CommandName;
      readonly found: string;
      readonly known: readonly string[];
    }
  | {
      readonly code: 'unexpected';
      readonly name: CommandName;
      readonly found: string;
      readonly meant?: string;
    }
  | { readonly code: 'twice'; readonly name: CommandName; readonly found: string }
  | { readonly code: 'not-a-duration'; readonly name: CommandName; readonly found: string }
  | { readonly code: 'unclosed-quote'; readonly name: CommandName };

/** Carries a mistake out of the reading of arguments. Never leaves this room. */
export class Misread extends Error {
  readonly mistake: Mistake;

  constructor(mistake: Mistake) {
    super(mistake.code);
    this.mistake = mistake;
  }
}
