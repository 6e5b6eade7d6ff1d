import type { ProbotOctokit } from 'probot';
import { readFailure } from './failure.ts';

type Plugin = Parameters<typeof ProbotOctokit.plugin>[number];

/**
 * An Octokit plugin: when GitHub refuses the token of an installation, another one is minted and the request is sent
 * once more, which is safe for a write, because a refused one has done nothing.
 *
 * Tokens are kept for 59 minutes of their hour, but GitHub ends them earlier, when an installation is suspended for a
 * while, say: without this, whatever is asked fails until the hour is over (GitHub reality 21). An App that really is
 * not installed any more is refused the other token, and that is the failure.
 */
export const freshToken: Plugin = (octokit, options) => {
  if (!isInstallation(options['auth'])) return {};
  octokit.hook.wrap('request', async (request, asked) => {
    try {
      return await request(asked);
    } catch (error) {
      if (readFailure(error).status !== 401) throw error;
      await octokit.auth({ type: 'installation', refresh: true });
      return request(asked);
    }
  });
  return {};
};

function isInstallation(auth: unknown): boolean {
  return typeof auth === 'object' && auth !== null && 'installationId' in auth;
}

/**
 * The options of Probot's authentication, with the token asked for where everything else is: its own request goes to
 * api.github.com whatever the address of the API is.
 */
export function authAt(auth: unknown, baseUrl: string | undefined): unknown {
  if (baseUrl === undefined || !hasRequest(auth)) return auth;
  return { ...auth, request: auth.request.defaults({ baseUrl }) };
}

interface Defaults {
  readonly request: { defaults(options: { readonly baseUrl: string }): unknown };
}

function hasRequest(auth: unknown): auth is Defaults {
  return (
    typeof auth === 'object' &&
    auth !== null &&
    'request' in auth &&
    typeof auth.request === 'function' &&
    'defaults' in auth.request
  );
}
