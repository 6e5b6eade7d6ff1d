import { setTimeout } from 'node:timers/promises';
import type { Repository } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { fullName, roomOf } from './ask.ts';
import { toGitHubError } from './failure.ts';
import type { Octokit, Timing } from './octokit.ts';

export const REAL_TIME: Timing = { clock: Date.now, wait: (length) => setTimeout(length) };

/** Answers an Octokit that is authenticated for the repository's installation. */
export type OctokitFor = (repository: Repository) => Promise<Octokit>;

/** Enters a repository as its installation; throws the typed error when the App is not let in. */
export function entrance(
  octokitFor: OctokitFor,
  timing: Timing,
): (repository: Repository) => Promise<Room> {
  return async (repository) => {
    try {
      return roomOf(await octokitFor(repository), repository, timing);
    } catch (error) {
      throw toGitHubError(error, 'let the App in', fullName(repository), timing.clock);
    }
  };
}
