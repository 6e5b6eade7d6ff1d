import type { Arguments } from './arguments.ts';
import type { CommandName, CommandOf } from './command.ts';

/**
 * Who may give a command, weakest first:
 * - `reader`: whoever can see the repository, and is known to it where it is public
 * - `writer`: whoever may write to it
 * - `member`: an owner or an approver of the target
 * - `approver`: somebody whose approval the policy counts
 * - `owner`: an owner of the target
 * - `maintainer`: whoever maintains the repository
 */
export type Role = 'reader' | 'writer' | 'member' | 'approver' | 'owner' | 'maintainer';

/** All there is to know about a command before it is carried out. */
export interface CommandSpec<Name extends CommandName = CommandName> {
  readonly name: Name;
  /** How it is written: capitals stand for what to fill in, brackets for what may be left out. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly help: string;
  readonly example: string;
  readonly needs: Role;
  /** Where it may be given. */
  readonly place: 'anywhere' | 'rollback';
  /** Reads the rest of the line; throws a `Misread`. */
  readonly read: (rest: Arguments) => CommandOf<Name>;
}
