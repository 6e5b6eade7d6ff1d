import type { Arguments } from './arguments.ts';
import type { CarryOut } from './asking.ts';
import type { CommandName, CommandOf } from './command.ts';
import type { CommandRules } from './rules.ts';

/** A command: all there is to know about it, and what is done for it. */
export interface CommandSpec<Name extends CommandName = CommandName> extends CommandRules {
  readonly name: Name;
  /** Reads the rest of the line; throws a `Misread`. */
  readonly read: (rest: Arguments) => CommandOf<Name>;
  readonly carryOut: CarryOut<Name>;
}
