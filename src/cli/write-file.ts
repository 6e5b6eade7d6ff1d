import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** Writes a file that the person named, with its folders. Throws {@link CommandFailed}. */
export async function writeNamed(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CommandFailed(
      EXIT.unreadable,
      `The file ${path} cannot be written (${code}). Name one in a folder that you may write to.`,
    );
  }
}
