import type { Self } from '../commands/conversation.ts';
import type { Repository } from '../rollback/forge.ts';
import { toAccount } from './accounts.ts';
import { read } from './ask.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import { GitHubError } from './errors.ts';
import type { Octokit, Timing } from './octokit.ts';
import { patiently } from './patiently.ts';

/**
 * Who the App is, asked once and then known; a failure is not kept. `app` is authenticated as the App. The account of
 * the bot is nothing that the App itself may ask for, so any repository's installation asks.
 */
export function createSelf(
  octokitFor: OctokitFor,
  app: Octokit,
  timing: Timing = REAL_TIME,
): (repository: Repository) => Promise<Self> {
  const enter = entrance(octokitFor, timing);
  let known: Self | undefined;
  return async (repository) => {
    if (known) return known;
    const { data } = await patiently(timing, 'say who the App is', () => app.request('GET /app'));
    if (data?.slug === undefined)
      throw new GitHubError('GitHub does not say how the App is called.');
    const username = `${data.slug}[bot]`;
    const room = await enter(repository);
    const { data: bot } = await read(room, 'read the account of the bot', () =>
      room.octokit.request('GET /users/{username}', { username }),
    );
    known = { app: data.id, slug: data.slug, account: toAccount(bot) };
    return known;
  };
}
