import { SECOND, type Instant } from '../time.ts';

/** What a request to GitHub's API is, for counting: a closed list, whatever the address says. */
export const CALL_KINDS = ['read', 'write', 'merge', 'graphql', 'token'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/**
 * What became of it. `refused`: any other 4xx; `limited`: a rate limit, primary or secondary (GitHub reality
 * 20); `failed`: a 5xx; `unanswered`: no answer at all.
 */
export type CallOutcome = 'ok' | 'refused' | 'limited' | 'failed' | 'unanswered';

/** One of GitHub's rate limits, as the headers of an answer tell it. */
export interface RateLimit {
  readonly resource: 'core' | 'graphql' | 'search' | 'other';
  readonly remaining: number;
  readonly resetAt: Instant;
}

/** One request to GitHub's API, answered or not. */
export interface GitHubCall {
  readonly kind: CallKind;
  readonly outcome: CallOutcome;
  readonly seconds: number;
  readonly limit?: RateLimit;
}

/** Tells of every request that goes through `fetch`; the requests themselves stay as they are. */
export function observeCalls(
  fetch: typeof globalThis.fetch,
  called: ((call: GitHubCall) => void) | undefined,
): typeof globalThis.fetch {
  if (!called) return fetch;
  return async (input, init) => {
    const began = performance.now();
    const kind = kindOf(init?.method, input);
    const tell = (outcome: CallOutcome, limit?: RateLimit): void =>
      called({
        kind,
        outcome,
        seconds: (performance.now() - began) / SECOND,
        ...(limit && { limit }),
      });
    try {
      const response = await fetch(input, init);
      tell(outcomeOf(response), limitOf(response.headers));
      return response;
    } catch (error) {
      tell('unanswered');
      throw error;
    }
  };
}

function kindOf(method = 'GET', input: Parameters<typeof fetch>[0]): CallKind {
  const url = input instanceof Request ? input.url : String(input);
  const path = url.split('?', 1)[0] ?? '';
  if (path.endsWith('/graphql')) return 'graphql';
  if (path.endsWith('/access_tokens')) return 'token';
  if (/\/pulls\/\d+\/merge$/.test(path) && method === 'PUT') return 'merge';
  return /^(GET|HEAD)$/i.test(method) ? 'read' : 'write';
}

function outcomeOf({ status, headers }: Response): CallOutcome {
  if (status >= 500) return 'failed';
  if (status < 400) return 'ok';
  const limited = headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after');
  return status === 429 || (status === 403 && limited) ? 'limited' : 'refused';
}

const RESOURCES = ['core', 'graphql', 'search'] as const;

function limitOf(headers: Headers): RateLimit | undefined {
  const remaining = Number(headers.get('x-ratelimit-remaining') ?? Number.NaN);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isFinite(remaining) || !Number.isFinite(reset)) return undefined;
  const named = headers.get('x-ratelimit-resource');
  const resource = RESOURCES.find((one) => one === named) ?? 'other';
  return { resource, remaining, resetAt: reset * SECOND };
}
