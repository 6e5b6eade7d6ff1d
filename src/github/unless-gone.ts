import { GitHubError } from './errors.ts';

/** Answers undefined when GitHub knows no such thing, or no longer. */
export async function unlessGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GitHubError && (error.status === 404 || error.status === 410)) {
      return undefined;
    }
    throw error;
  }
}
