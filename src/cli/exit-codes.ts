/** What the `lastgood` command ends with. */
export const EXIT = {
  /** Everything asked for was done, and nothing is wrong. */
  ok: 0,
  /** The answer is a no: problems in policies, or no release to go back to. */
  no: 1,
  /** The command cannot be understood: an unknown command, option or target. */
  usage: 2,
  /** The repository or a file cannot be read. */
  unreadable: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence for the person who typed it. */
export class CommandFailed extends Error {
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string) {
    super(message);
    this.exit = exit;
  }
}
