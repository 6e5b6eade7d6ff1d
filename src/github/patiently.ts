import { SECOND } from '../time.ts';
import { isLost, readFailure, toGitHubError } from './failure.ts';
import type { Timing } from './octokit.ts';

/**
 * Reads something of the App itself, up to three times when GitHub is down. Throws the failure's typed error.
 * What belongs to a repository is read through `read` of `ask.ts`.
 */
export async function patiently<T>(
  timing: Timing,
  doing: string,
  ask: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 3 || !isLost(readFailure(error))) {
        throw toGitHubError(error, doing, 'the App', timing.clock);
      }
      await timing.wait(tries * SECOND);
    }
  }
}
