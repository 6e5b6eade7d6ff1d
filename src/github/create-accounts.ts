import type { Account, Repository } from '../rollback/forge.ts';
import { toAccount } from './accounts.ts';
import { read } from './ask.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import type { Timing } from './octokit.ts';
import { unlessGone } from './unless-gone.ts';

/** The account that has a login now; undefined when nobody has it. Throws the errors of `errors.ts`. */
export function createAccounts(
  octokitFor: OctokitFor,
  timing: Timing = REAL_TIME,
): (repository: Repository, login: string) => Promise<Account | undefined> {
  const enter = entrance(octokitFor, timing);
  return async (repository, username) => {
    const room = await enter(repository);
    const data = await unlessGone(() =>
      read(room, 'read an account', async () => {
        const answer = await room.octokit.request('GET /users/{username}', { username });
        return answer.data;
      }),
    );
    return data && toAccount(data);
  };
}
