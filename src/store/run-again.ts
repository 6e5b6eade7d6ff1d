import { asUnavailable, isUnavailable, mayRunAgain } from './sqlstate.ts';

const TRIES = 5;

/**
 * Runs something against the database again when the database asks for it, a few times. Availability becomes
 * {@link StoreUnavailable}; every other error is passed on as it is.
 */
export async function runAgain<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (mayRunAgain(error) && tries < TRIES) continue;
      throw isUnavailable(error) || mayRunAgain(error) ? asUnavailable(error) : error;
    }
  }
}
