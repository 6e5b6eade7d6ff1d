/**
 * Puts a rollback's branch on a newer base.
 *
 * Races: a person pushes to the branch; another replica renews it; the answer gets lost.
 *
 * Wanted: nothing of a person is overwritten; the pull request stays open, which it would not if the branch stood at
 * its base for a moment; the commit is signed.
 *
 * Design: the commit is made beside the branch, where it harms nobody and may be made twice; one compare-and-swap of
 * the ref puts it in place. Whatever the answer is, the branch itself says what came of it.
 * @module
 */
import type { Forge, Renewal } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { askGraph, fullName, isMissing, read, write } from './ask.ts';
import { makeCommit } from './commit-files.ts';
import { readCommit } from './commits.ts';
import { GitHubDown, GitHubError } from './errors.ts';
import { toGitHubError } from './failure.ts';
import { LOOK, RENEW } from './queries.ts';
import { lookAnswer } from './schema.ts';

const DOING = 'put the branch on the newest commit';

/** See `Forge.renew`. Throws the typed error of a refusal. */
export async function renew(room: Room, renewal: Renewal): ReturnType<Forge['renew']> {
  const commit = await write(room, 'make the commit', () => makeCommit(room, renewal));
  const ref = `refs/heads/${renewal.branch}`;
  const update = { name: ref, beforeOid: renewal.head, afterOid: commit, force: true };
  try {
    const variables = { repository: room.repository.nodeId, updates: [update] };
    await askGraph(room.octokit, RENEW, variables);
  } catch (error) {
    const typed = toGitHubError(error, DOING, fullName(room.repository), room.clock);
    if (!(typed instanceof GitHubDown) && typed.constructor !== GitHubError) throw typed;
    const head = await readHead(room, renewal.branch);
    if (head === renewal.head) throw typed;
    if (head !== commit) return { kind: 'moved' };
  }
  const { verified } = await readCommit(room, commit);
  return { kind: 'renewed', head: commit, verified };
}

async function readHead(room: Room, branch: string): Promise<string | undefined> {
  const answer = await read(
    room,
    `read the branch ${branch}`,
    async () => {
      const variables = {
        repository: room.repository.nodeId,
        ref: `refs/heads/${branch}`,
        from: branch,
      };
      return lookAnswer.parse(await askGraph(room.octokit, LOOK, variables));
    },
    isMissing,
  );
  return answer.node.ref?.target?.oid;
}
