import type { Forge } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { read } from './ask.ts';

/** One commit: its message and parents, and whether GitHub vouches for its signature. */
export async function readCommit(room: Room, commit: string): ReturnType<Forge['commit']> {
  return read(room, `read the commit ${commit.slice(0, 12)}`, async () => {
    const { data } = await room.octokit.request(
      'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
      {
        ...room.at,
        commit_sha: commit,
      },
    );
    return {
      message: data.message,
      parents: data.parents.map(({ sha }) => sha),
      verified: data.verification.verified,
    };
  });
}
