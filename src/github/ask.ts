import type { Repository } from '../rollback/forge.ts';
import { SECOND } from '../time.ts';
import type { Failure, GraphError } from './failure.ts';
import { isLost, readFailure, toGitHubError } from './failure.ts';
import type { Octokit, Timing } from './octokit.ts';
import { URGENT } from './octokit.ts';

/** `owner/name`. */
export function fullName(repository: Repository): string {
  return `${repository.owner}/${repository.name}`;
}

/** The Octokit of one repository with the names and the time that every call needs. */
export interface Room extends Timing {
  readonly octokit: Octokit;
  readonly repository: Repository;
  /** `owner` and `repo`, as REST routes want them. */
  readonly at: { readonly owner: string; readonly repo: string };
}

export function roomOf(octokit: Octokit, repository: Repository, timing: Timing): Room {
  return {
    octokit,
    repository,
    clock: timing.clock,
    wait: timing.wait,
    at: { owner: repository.owner, repo: repository.name },
  };
}

const READ_WAITS = [SECOND / 4, SECOND, 3 * SECOND] as const;

/**
 * Reads, with a few more tries when GitHub is down or, as far as `notYet` says, does not show yet what was just
 * made (GitHub reality 18). Only for calls that change nothing. Throws the failure's typed error.
 */
export async function read<T>(
  room: Room,
  doing: string,
  ask: () => Promise<T>,
  notYet: (failure: Failure) => boolean = () => false,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const failure = readFailure(error);
      const pause = READ_WAITS[tries];
      if (pause === undefined || !(isLost(failure) || notYet(failure))) {
        throw toGitHubError(error, doing, fullName(room.repository), room.clock);
      }
      await room.wait(pause);
    }
  }
}

/** Does something once, never again by itself; throws the failure's typed error. */
export async function write<T>(room: Room, doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toGitHubError(error, doing, fullName(room.repository), room.clock);
  }
}

/** Status 404, or what GraphQL says instead: normal for a moment after something was made. */
export function isMissing(failure: Failure): boolean {
  return failure.status === 404 || failure.graph.some((one) => one.type === 'NOT_FOUND');
}

/** Sends a GraphQL document; throws when the answer has any error in it. */
export async function askGraph(
  octokit: Octokit,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  return octokit.graphql<unknown>(document, { ...variables, request: URGENT });
}

/**
 * Sends a GraphQL document of several mutations and answers what came of it beside the errors, because some may have
 * been done and others not (GitHub realities 29 and 32). Throws when nothing came of it.
 */
export async function askGraphPartly(
  octokit: Octokit,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<{ readonly data: unknown; readonly errors: readonly GraphError[] }> {
  try {
    return { data: await askGraph(octokit, document, variables), errors: [] };
  } catch (error) {
    const failure = readFailure(error);
    if (failure.graph.length === 0 || !failure.data) throw error;
    return { data: failure.data, errors: failure.graph };
  }
}

/** Every page of a REST list, up to `limit` entries; one more page is never asked for than that takes. */
export async function readPages<T>(
  room: Room,
  doing: string,
  limit: number,
  ask: (page: number) => Promise<{ readonly data: readonly T[] }>,
  notYet?: (failure: Failure) => boolean,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; all.length < limit; page += 1) {
    const { data } = await read(room, doing, () => ask(page), notYet);
    all.push(...data);
    if (data.length < 100) break;
  }
  return all;
}
