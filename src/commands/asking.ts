import type { Gathered } from '../approval/gather-standing.ts';
import type { Account } from '../rollback/forge.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import type { Instant } from '../time.ts';
import type { Command, CommandName, CommandOf } from './command.ts';
import type { Rules } from './rules.ts';

/** Who asks for something, where and when. */
export interface Asking {
  readonly workspace: Workspace;
  readonly ports: Ports;
  /** What may be asked for, by whom. */
  readonly rules: Rules;
  readonly by: Account;
  /** When it was said, by GitHub's clock. */
  readonly at: Instant;
  /** What it is recognised by in git and at GitHub, as in `comment 4711`: so what was done for it is found again. */
  readonly said: string;
  /** The issue or pull request. */
  readonly number: number;
  readonly url: string;
  /** Said otherwise than it was first: it commands nothing. */
  readonly edited: boolean;
  /** The branch of the rollback pull request that it was said in. */
  readonly branch?: string;
  /** What GitHub said of who asks, by target: asked once for a comment. */
  readonly standings: Map<string, Promise<Gathered>>;
}

/**
 * What came of a command: `done` or so already, `told` where it was a question, `refused` for who asked or as things
 * stand, `confused` where it is none, `unheard` from whom no answer is owed.
 */
export interface Answer {
  readonly outcome: 'done' | 'told' | 'refused' | 'confused' | 'unheard';
  /** Markdown; what comes from outside is escaped. */
  readonly text: string;
  /**
   * What was done stands nowhere outside, and is kept with the end of this turn: it is answered in the next one, or
   * whoever died in between would have promised what nobody does.
   */
  readonly answerLater?: true;
  /** What the answer carries unseen. */
  readonly mark?: string;
}

/** Does what a command asks for. Doing it twice is harmless: it asks first whether it is done. */
export type CarryOut<Name extends CommandName> = (
  asking: Asking,
  command: CommandOf<Name>,
) => Promise<Answer>;

/** Commands that only ask: their answers need not stay. */
const QUESTIONS: ReadonlySet<CommandName> = new Set(['status', 'history', 'plan', 'help']);

export function isQuestion({ name }: Command): boolean {
  return QUESTIONS.has(name);
}
