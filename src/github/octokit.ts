import type { Octokit as RestOctokit } from '@octokit/rest';
import type { Clock, Milliseconds } from '../time.ts';

/** What the adapter needs of an Octokit: Probot's and `@octokit/rest`'s both are one. */
export type Octokit = Pick<RestOctokit, 'request' | 'graphql'>;

/** Time as the adapter needs it, handed in so that tests own it. */
export interface Timing {
  readonly clock: Clock;
  readonly wait: (length: Milliseconds) => Promise<void>;
}

/** Request options of a write: never repeated by a plugin, because it may have happened (GitHub reality 5). */
export const WRITE = { retries: 0 } as const;

/**
 * Request options of the writes that end an incident, proposal, check and merge, and of the GraphQL reads between them:
 * not spaced
 * out behind comments and labels. Only the Octokit of `octokit-options.ts` knows the word; others ignore it.
 */
export const URGENT = { retries: 0, urgent: true } as const;
