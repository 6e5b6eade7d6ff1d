import type { ProbotOctokit } from 'probot';
import { MINUTE, SECOND } from '../time.ts';
import type { Clock, Instant } from '../time.ts';
import { RateLimited } from './errors.ts';
import { readFailure, readLimit, type Limit } from './failure.ts';

type Plugin = Parameters<typeof ProbotOctokit.plugin>[number];
type PluginOptions = Parameters<Plugin>[1];
type PluginOctokit = Parameters<Plugin>[0];
type RequestOptions = Parameters<Parameters<PluginOctokit['hook']['wrap']>[1]>[1];

/** Until when GitHub wants nothing from an installation. Shared by all Octokits of a process. */
export interface Limits {
  until(installation: string): Instant;
  /** GitHub limited a request. Where it does not say for how long, the pause doubles with each one in a row. */
  report(installation: string, limit: Limit): void;
  /** A request that was sent after the pause was answered, so the next guess begins with a minute again. */
  lifted(installation: string): void;
}

/** No pause that is only guessed is longer. */
const LONGEST_GUESS = 16 * MINUTE;

export function createLimits(clock: Clock): Limits {
  const pauses = new Map<string, { readonly until: Instant; readonly guesses: number }>();
  return {
    until: (installation) => pauses.get(installation)?.until ?? 0,
    report(installation, { after, guessed }) {
      const known = pauses.get(installation) ?? { until: 0, guesses: 0 };
      // Requests that were on their way together are limited together: that is one pause.
      const again = clock() >= known.until;
      const guesses = known.guesses + (guessed && again ? 1 : 0);
      const length = guessed
        ? Math.min(after * 2 ** Math.max(0, guesses - 1), LONGEST_GUESS)
        : after;
      const until = guessed && !again ? known.until : Math.max(clock() + length, known.until);
      pauses.set(installation, { until, guesses });
    },
    lifted(installation) {
      const known = pauses.get(installation);
      if (known && clock() >= known.until) pauses.delete(installation);
    },
  };
}

/**
 * An Octokit plugin: a request with `request: { urgent: true }` is signed and sent at once, past the plugins that
 * space writes out and repeat them. Everything else goes its usual way.
 *
 * GitHub's limits hold for all: whatever request learns of a limit closes the way for the installation, and while it is
 * closed a request fails with `RateLimited` without being sent, because asking on may get the App banned
 * (GitHub reality 20).
 */
export function urgentLane(limits: Limits, clock: Clock): Plugin {
  return (octokit, options) => {
    const installation = installationOf(options);
    const watch = async <T>(answer: T | Promise<T>): Promise<T> => {
      try {
        const answered = await answer;
        limits.lifted(installation);
        return answered;
      } catch (error) {
        const limit = readLimit(readFailure(error), clock);
        if (limit) limits.report(installation, limit);
        throw error;
      }
    };
    octokit.hook.wrap('request', async (request, asked) => {
      const closedFor = limits.until(installation) - clock();
      if (closedFor > 0) throw new RateLimited(Math.max(closedFor, SECOND));
      if (asked.request?.['urgent'] !== true) return watch(request(asked));
      octokit.log.debug(`GitHub request without spacing: ${asked.method} ${asked.url}`);
      // Replacing the hook is what leaves the plugins out; only the signing stays.
      const alone = { ...asked.request, urgent: false, hook: signWith(octokit) };
      return watch(octokit.request({ ...asked, request: alone }));
    });
    return {};
  };
}

/** Whose limits hold for an Octokit of these options. */
export function installationOf(options: PluginOptions): string {
  return String(options['throttle']?.id ?? 'app');
}

type Send = (options: RequestOptions) => unknown;

/** The hook of the Octokit's authentication strategy alone; without one the request goes as it is. */
function signWith(octokit: PluginOctokit): (request: Send, options: RequestOptions) => unknown {
  const { auth } = octokit;
  if (hasHook(auth)) return auth.hook;
  return (request, options) => request(options);
}

function hasHook(
  auth: unknown,
): auth is { hook: (request: Send, options: RequestOptions) => unknown } {
  return typeof auth === 'function' && 'hook' in auth && typeof auth.hook === 'function';
}
