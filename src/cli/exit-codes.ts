import type { PolicyProblem } from '../policy/policy.ts';

/** What the `lastgood` command ends with. */
export const EXIT = {
  /** Everything asked for was done, and nothing is wrong. */
  ok: 0,
  /** The answer is a no: problems in policies, nothing to go back to or to list, a problem that the doctor found. */
  no: 1,
  /** The command cannot be understood: something unknown in it, or settings with mistakes. */
  usage: 2,
  /** The repository or a file cannot be read, or GitHub cannot be reached. */
  unreadable: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence for the person who typed it. */
export class CommandFailed extends Error {
  readonly exit: ExitCode;
  /** The mistakes in policies that are the reason, for `--json`; the message names them too. */
  readonly problems: readonly PolicyProblem[];

  constructor(exit: ExitCode, message: string, problems: readonly PolicyProblem[] = []) {
    super(message);
    this.exit = exit;
    this.problems = problems;
  }
}
