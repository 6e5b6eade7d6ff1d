import type { Options } from 'probot';
import { ProbotOctokit } from 'probot';
import type { Clock } from '../time.ts';
import { SECOND } from '../time.ts';
import { authAt, freshToken } from './fresh-token.ts';
import { observeCalls, type GitHubCall } from './observe-calls.ts';
import { createLimits, installationOf, urgentLane } from './urgent-lane.ts';

/** What GitHub needs to know of the App, from the environment. */
export interface AppSettings {
  readonly appId: number | string;
  readonly privateKey: string;
  /** Signs webhooks. */
  readonly secret: string;
  /** `https://api.github.com`, or an Enterprise server's `https://host/api/v3`. */
  readonly baseUrl: string;
  readonly log?: Options['log'];
  readonly clock?: Clock;
  /** Told of every request as it was answered, or failed. */
  readonly called?: (call: GitHubCall) => void;
  /** `none`: writes are not spaced out, for a hub that nobody reads. Default: as GitHub asks. */
  readonly spacing?: Spacing;
  /** Default: Node's own. */
  readonly fetch?: typeof fetch;
}

export type Spacing = 'github' | 'none';

/** GitHub gives up on a request after 10 s; a connection that hangs must not hang a rollback. */
const REQUEST_TIMEOUT = 30 * SECOND;

/** A read is repeated by the throttling plugin when the wait is no longer than this many seconds. */
const LONGEST_LIMIT_WAIT = 60;

/**
 * Probot's Octokit as Lastgood needs it. Comments, labels and other writes stay spaced out as GitHub asks; urgent
 * requests are not (see `urgentLane`). No plugin repeats a write: a limit makes the plugin repeat a read, once; the
 * retry plugin is off, because it repeats writes too (GitHub reality 5), and the adapter repeats reads itself.
 */
export function createOctokitClass(
  clock: Clock = Date.now,
  spacing: Spacing = 'github',
): typeof ProbotOctokit {
  const limits = createLimits(clock);
  /** Whether the plugin repeats what was limited. Until it does, everything else of the installation waits too. */
  const repeatFor =
    (installation: string) =>
    (after: number, { method }: { method?: string }, _octokit: unknown, tries: number): boolean => {
      const repeats =
        (method === 'GET' || method === 'HEAD') && tries < 1 && after <= LONGEST_LIMIT_WAIT;
      if (repeats) limits.report(installation, { after: after * SECOND, guessed: false });
      return repeats;
    };
  // Probot adds its own handlers to the options it hands over: only a function sees those and can replace them.
  const plugins = [urgentLane(limits, clock), freshToken];
  return ProbotOctokit.plugin(...plugins).defaults((given: ConstructorOptions) => {
    const repeat = repeatFor(installationOf(given));
    return {
      ...given,
      auth: authAt(given.auth, given.baseUrl),
      retry: { enabled: false },
      throttle: {
        ...given.throttle,
        onRateLimit: repeat,
        onSecondaryRateLimit: repeat,
        ...(spacing === 'none' && { write: AT_ONCE, notifications: AT_ONCE }),
      },
    };
  });
}

/** Stands in for the plugin's groups of limiters. */
const AT_ONCE = { key: () => ({ schedule: (_: unknown, job: () => unknown) => job() }) };

type ConstructorOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

/** Options for `new Probot(…)` or the `overrides` of `createProbot(…)`. */
export function createProbotOptions(settings: AppSettings): Options {
  return {
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.secret,
    baseUrl: settings.baseUrl,
    Octokit: createOctokitClass(settings.clock, settings.spacing),
    request: { fetch: observeCalls(withTimeout(settings.fetch ?? fetch), settings.called) },
    ...(settings.log !== undefined && { log: settings.log }),
  };
}

function withTimeout(ask: typeof fetch): typeof fetch {
  return (input, init) =>
    ask(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(REQUEST_TIMEOUT) });
}
