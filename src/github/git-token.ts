import type { Room } from './ask.ts';
import { read } from './ask.ts';

/**
 * Mints a token for git over HTTP, for this repository and reading only. It lives for an hour, so one is minted for
 * each git operation (GitHub reality 21). `room.octokit` has to be authenticated as the App: an installation's own
 * token cannot mint another. Throws `NotInstalled`.
 */
export async function mintGitToken(room: Room): Promise<string> {
  return read(room, 'mint a token for git', async () => {
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
}
