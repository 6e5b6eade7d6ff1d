import type { CommandName } from './command.ts';

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

/** What people read about a command, and who may give it where. */
export interface CommandRules {
  /** How it is written: capitals stand for what to fill in, brackets for what may be left out. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly help: string;
  readonly example: string;
  readonly needs: Role;
  /** Where it may be given. */
  readonly place: 'anywhere' | 'rollback';
}

/** Those of every command, in the order people read about them. */
export type Rules = { readonly [Name in CommandName]: CommandRules };
