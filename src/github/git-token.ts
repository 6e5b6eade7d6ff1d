import type { Room } from './ask.ts';
import { read } from './ask.ts';
import { GitHubError, NotInstalled } from './errors.ts';

/**
 * Mints a token for git over HTTP, for this repository and reading only. It lives for an hour, so one is minted for
 * each git operation (GitHub reality 21). `room.octokit` has to be authenticated as the App: an installation's own
 * token cannot mint another. Throws `NotInstalled`.
 */
export async function mintGitToken(room: Room): Promise<string> {
  try {
    return await read(room, 'mint a token for git', async () => {
      const { data } = await room.octokit.request(
        'POST /app/installations/{installation_id}/access_tokens',
        {
          installation_id: room.repository.installation,
          repository_ids: [room.repository.id],
          permissions: { contents: 'read' },
        },
      );
      return data.token;
    });
  } catch (error) {
    if (error instanceof GitHubError && [401, 403, 404, 422].includes(error.status ?? 0)) {
      const { status } = error;
      if (error.constructor === GitHubError) {
        throw new NotInstalled({ status, cause: error });
      }
    }
    throw error;
  }
}
