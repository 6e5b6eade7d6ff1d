import { holdFile, type HeldFile } from '../hold-file.ts';
import { errorText, GitError } from './git-error.ts';

/** Takes a folder for this process alone, by a file in it. Throws {@link GitError}: `in-use` when somebody has it. */
export function lockFolder(folder: string, file: string): HeldFile {
  const held = hold(folder, file);
  if (held) return held;
  throw new GitError(
    'in-use',
    `The mirror ${folder} is in use by another process, or opened twice in this one. Give every process a folder of its own, or stop the other one.`,
  );
}

function hold(folder: string, file: string): HeldFile | undefined {
  try {
    return holdFile(file);
  } catch (error) {
    throw new GitError(
      'failed',
      `The mirror ${folder} cannot be written to: ${errorText(error)}. It needs a folder that this user may write to, on a disk with room.`,
      { cause: error },
    );
  }
}
