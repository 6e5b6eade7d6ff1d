import { z } from 'zod';
import type { Clock, Milliseconds } from '../time.ts';
import { MINUTE, SECOND } from '../time.ts';
import {
  GitHubDown,
  GitHubError,
  MissingPermission,
  NotInstalled,
  RateLimited,
  RepositoryMoved,
} from './errors.ts';

const graphErrors = z.array(
  z.object({
    type: z.string().optional(),
    message: z.string(),
    path: z.array(z.union([z.string(), z.number()])).optional(),
  }),
);
export type GraphError = z.infer<typeof graphErrors>[number];

const failure = z.object({
  name: z.string().optional(),
  message: z.string(),
  status: z.number().optional(),
  request: z.object({ url: z.string().optional() }).optional(),
  /** A `GraphqlResponseError` carries these at its top. */
  errors: graphErrors.optional(),
  data: z.unknown().optional(),
  response: z
    .object({
      headers: z.record(z.string(), z.union([z.string(), z.number(), z.undefined()])).optional(),
      data: z.unknown().optional(),
    })
    .optional(),
});

/** What Octokit threw, in one form for REST and GraphQL. */
export interface Failure {
  /** Whether Octokit threw it. Anything else is a mistake in the adapter or an answer it cannot read. */
  readonly known: boolean;
  /** Whether it was the installation that GitHub refused: a token for it, or any request while it is suspended. */
  readonly refusedToken: boolean;
  /** Absent for an answer of GraphQL, which is always 200. */
  readonly status: number | undefined;
  /** GitHub's message, with the messages of its `errors`. */
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly graph: readonly GraphError[];
  /** What GraphQL answered beside the errors. */
  readonly data: unknown;
}

const restBody = z.object({
  message: z.string().optional(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string().optional() })])).optional(),
});

/** Reads whatever was thrown. */
export function readFailure(error: unknown): Failure {
  const nothing = {
    known: false,
    refusedToken: false,
    status: undefined,
    headers: {},
    graph: [],
    data: undefined,
  };
  const parsed = failure.safeParse(error);
  if (!parsed.success) return { ...nothing, message: String(error) };
  const { status, message, errors, data, response, request } = parsed.data;
  const headers = response?.headers ?? {};
  if (errors !== undefined && status === undefined) {
    const messages = errors.map((one) => one.message).join('; ');
    return { ...nothing, known: true, message: messages || message, headers, graph: errors, data };
  }
  const body = restBody.safeParse(response?.data);
  // The throttling plugin throws GraphQL's limit as an error without a status, around the whole answer.
  const within = z.object({ errors: graphErrors }).safeParse(response?.data);
  if (status === undefined && within.success) {
    return { ...nothing, known: true, message, headers, graph: within.data.errors };
  }
  if (status === undefined) return { ...nothing, message };
  const details = body.success
    ? (body.data.errors ?? []).map((one) => (typeof one === 'string' ? one : (one.message ?? '')))
    : [];
  const text = (body.success ? body.data.message : undefined) ?? message;
  const whole = [text, ...details.filter((one) => one !== '')].join('; ');
  const forToken = /\/app\/installations\/[^/]+\/access_tokens$/.test(request?.url ?? '');
  const suspended = status === 403 && /installation has been suspended/i.test(whole);
  const refusedToken = suspended || (forToken && [401, 403, 404, 422].includes(status));
  return { ...nothing, known: true, refusedToken, status, message: whole, headers };
}

/** How long GitHub wants to be left alone. `guessed`: it did not say, so a minute at least, and longer each time. */
export interface Limit {
  readonly after: Milliseconds;
  readonly guessed: boolean;
}

/** How long GitHub wants to be left alone, if the failure is one of its limits (GitHub reality 20). */
export function limitOf(failure: Failure, clock: Clock): Milliseconds | undefined {
  return readLimit(failure, clock)?.after;
}

/** The same, with whether GitHub said so. */
export function readLimit(failure: Failure, clock: Clock): Limit | undefined {
  const limited =
    failure.status === 429 ||
    failure.graph.some((one) => one.type === 'RATE_LIMITED') ||
    (failure.status === 403 &&
      (/rate limit|abuse detection/i.test(failure.message) ||
        String(failure.headers['x-ratelimit-remaining']) === '0'));
  if (!limited) return undefined;
  const seconds = Number(failure.headers['retry-after']);
  if (seconds > 0) return { after: seconds * SECOND, guessed: false };
  const reset = Number(failure.headers['x-ratelimit-reset']) * SECOND - clock();
  if (String(failure.headers['x-ratelimit-remaining']) === '0' && reset > 0) {
    return { after: reset + SECOND, guessed: false };
  }
  return { after: MINUTE, guessed: true };
}

/** Whether the answer got lost, so that the thing asked for may have happened (GitHub realities 4 and 29). */
export function isLost(failure: Failure): boolean {
  if (failure.status !== undefined) return failure.status >= 500;
  return failure.graph.some((one) => /^Something went wrong/i.test(one.message));
}

const NO_ACCESS = /resource not accessible by integration/i;

/** The typed error of a failure. `doing` completes "asked to …"; `repository` is the name that was used. */
export function toGitHubError(
  error: unknown,
  doing: string,
  repository: string,
  clock: Clock,
): GitHubError {
  if (error instanceof GitHubError) return error;
  const failure = readFailure(error);
  const facts = { status: failure.status, cause: error };
  if (!failure.known) {
    return new GitHubError(
      `GitHub's answer could not be used when asked to ${doing} in ${repository}: ${failure.message}`,
      facts,
    );
  }
  const after = limitOf(failure, clock);
  if (after !== undefined) return new RateLimited(after, facts);
  if (isLost(failure)) return new GitHubDown(doing, facts);
  if (failure.status === 401 || failure.refusedToken) return new NotInstalled(facts);
  if (NO_ACCESS.test(failure.message)) {
    const permission = failure.headers['x-accepted-github-permissions'];
    return new MissingPermission(
      doing,
      permission === undefined ? undefined : String(permission),
      facts,
    );
  }
  if (
    failure.status === 301 ||
    failure.graph.some((one) => /could not resolve to a repository/i.test(one.message))
  ) {
    return new RepositoryMoved(repository, facts);
  }
  const status = failure.status === undefined ? '' : ` (status ${failure.status})`;
  // GraphQL answers 200 and says in the error what REST says by 404.
  const missing = failure.graph.some((one) => one.type === 'NOT_FOUND');
  return new GitHubError(
    `GitHub refused to ${doing} in ${repository}${status}: ${failure.message}`,
    {
      ...facts,
      ...(missing && { status: 404 }),
      audience: 'both',
    },
  );
}
