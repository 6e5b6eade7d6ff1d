import type { ProbotOctokit } from 'probot';
import { SECOND } from '../time.ts';
import type { Clock, Instant, Milliseconds } from '../time.ts';
import { RateLimited } from './errors.ts';
import { limitOf, readFailure } from './failure.ts';

type Plugin = Parameters<typeof ProbotOctokit.plugin>[number];
type PluginOctokit = Parameters<Plugin>[0];
type RequestOptions = Parameters<Parameters<PluginOctokit['hook']['wrap']>[1]>[1];

/** Until when GitHub wants nothing from an installation. Shared by all Octokits of a process. */
export interface Limits {
  until(installation: string): Instant;
  report(installation: string, after: Milliseconds): void;
}

export function createLimits(clock: Clock): Limits {
  const untils = new Map<string, Instant>();
  return {
    until: (installation) => untils.get(installation) ?? 0,
    report: (installation, after) => {
      const until = clock() + after;
      untils.set(installation, Math.max(until, untils.get(installation) ?? 0));
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
    const installation = String(options['throttle']?.id ?? 'app');
    const watch = async <T>(answer: T | Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        const after = limitOf(readFailure(error), clock);
        if (after !== undefined) limits.report(installation, after);
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
