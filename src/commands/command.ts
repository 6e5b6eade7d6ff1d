import type { Target } from '../target.ts';
import type { Milliseconds } from '../time.ts';

/** What somebody asked for in one line of a comment, read and resolved. Closed: every member has a folder here. */
export type Command =
  | Rollback
  | { readonly name: 'approve' }
  | { readonly name: 'reject'; readonly reason: string }
  | Hold
  | { readonly name: 'unhold'; readonly target: Target; readonly reason?: string }
  | { readonly name: 'freeze'; readonly for?: Milliseconds; readonly reason: string }
  | { readonly name: 'unfreeze'; readonly reason?: string }
  /** Without a target: of the whole repository. */
  | { readonly name: 'status'; readonly target?: Target }
  | { readonly name: 'history'; readonly target: Target }
  | OfVersion<'baseline'>
  | (OfVersion<'quarantine'> & { readonly reason: string })
  | (OfVersion<'reland'> & { readonly reason: string })
  | { readonly name: 'retrain'; readonly target: Target; readonly reason: string }
  /** Without a target: what failed where the comment stands. */
  | { readonly name: 'retry'; readonly target?: Target }
  | { readonly name: 'plan'; readonly target: Target }
  | { readonly name: 'drill'; readonly target: Target }
  | { readonly name: 'help'; readonly about?: CommandName };

export type CommandName = Command['name'];

/** The command of a name. */
export type CommandOf<Name extends CommandName> = Extract<Command, { readonly name: Name }>;

interface Rollback {
  readonly name: 'rollback';
  readonly target: Target;
  /** The model's version to go back to; without it the last good release is looked for. */
  readonly to?: string;
  readonly reason: string;
  /** Merge without waiting for approvals, and ask for a review afterwards. */
  readonly now: boolean;
}

interface Hold {
  readonly name: 'hold';
  readonly target: Target;
  /** Without it the hold stands until it is lifted. */
  readonly for?: Milliseconds;
  readonly reason: string;
}

interface OfVersion<Name extends string> {
  readonly name: Name;
  readonly target: Target;
  /** The model's version. */
  readonly version: string;
  readonly reason?: string;
}
