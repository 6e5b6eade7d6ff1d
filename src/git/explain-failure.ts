import { errorText, GitError, redact } from './git-error.ts';
import type { GitErrorCode } from './git-error.ts';

interface Explanation {
  readonly code: GitErrorCode;
  readonly pattern: RegExp;
  readonly sentence: string;
}

/** What git says, first match first. `LC_ALL=C` keeps its words as they are here. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    code: 'denied',
    pattern: /Authentication failed|could not read (Username|Password)|returned error: 401/,
    sentence:
      'The remote did not accept the token. Check that the App is still installed on the repository and may read its contents.',
  },
  {
    code: 'forbidden',
    pattern: /returned error: 403/,
    sentence:
      'The remote refuses access (403). Check that the installation is not suspended and may read the contents of the repository.',
  },
  {
    code: 'not-found',
    pattern: /repository '.*' not found|returned error: 404|does not appear to be a git repository/,
    sentence:
      'The remote repository was not found. It was removed or renamed, or the App was taken off it.',
  },
  {
    code: 'branch-missing',
    pattern: /couldn't find remote ref/,
    sentence: 'The remote has no such branch.',
  },
  {
    code: 'busy',
    pattern: /\.lock': File exists|Another git process seems to be running/,
    sentence:
      'Another git process holds a lock in the mirror. Try again when it has finished; a lock that nobody holds is removed at the next start.',
  },
  {
    code: 'damaged',
    pattern:
      /bad object|is corrupt|corrupt(ed)? (loose|pack)|packfile .* (cannot|does not|is)|did not send all necessary objects|missing (blob|tree|commit)|unable to read (tree|sha1)|object file .* is empty|inflate: data|invalid (object|sha1 pointer)|could not parse commit|unable to parse|unrecognized repository|bad config|fatal: bad tree|failed to read|not a git repository/i,
    sentence: 'The repository on this disk is damaged.',
  },
  {
    code: 'unreachable',
    pattern:
      /Could not resolve|Failed to connect|Connection (refused|reset|timed out)|unable to access|early EOF|RPC failed|hung up unexpectedly|returned error: 5\d\d|Operation too slow|timed out/i,
    sentence: 'The remote could not be reached. It is tried again with the next fetch.',
  },
];

/** Makes a {@link GitError} of what a git command failed with: what happened, git's own words as the cause. */
export function explainFailure(
  args: readonly string[],
  error: unknown,
  secrets: readonly string[],
): GitError {
  const text = redact(errorText(error), secrets);
  // A fresh error: the original may carry the environment or more of the output than was looked through.
  const cause = new Error(text === '' ? 'git printed nothing' : text);
  // What the remote says of itself is no evidence about this side.
  const own = text.replace(/^remote: .*$/gm, '');
  const known = EXPLANATIONS.find(({ pattern }) => pattern.test(own));
  if (known) return new GitError(known.code, known.sentence, { cause });
  const words = text.split('\n', 1)[0] ?? '';
  return new GitError('failed', `git ${args[0] ?? ''} failed: ${words || 'no reason given'}.`, {
    cause,
  });
}
