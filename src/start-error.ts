import { GitHubError } from './github/errors.ts';

/** Lastgood cannot start, and trying again would not help. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * What a person has to mend when GitHub refused to list the installations at the start; undefined when it may pass by
 * itself. GitHub answers 401 for a key that is not the App's, and 404 for an App that does not exist.
 */
export function explainStart(error: unknown): StartError | undefined {
  if (!(error instanceof GitHubError)) return undefined;
  const { status, cause } = error;
  if (status !== 401 && status !== 404) return undefined;
  const said = cause instanceof Error ? cause.message : error.message;
  return new StartError(
    `GitHub does not take this process for the App (status ${status}: ${said}). ` +
      "Compare APP_ID, PRIVATE_KEY and GITHUB_API_URL with the App's settings page, and this machine's clock with the time.",
    { cause: error },
  );
}
