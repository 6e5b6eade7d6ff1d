import { BRANCH_PREFIX } from '../rollback/branch.ts';
import type { RollbackBranch } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { askGraph, read } from './ask.ts';
import { LIST_BRANCHES } from './queries.ts';
import { listBranchesAnswer } from './schema.ts';

/** More pages than this are not read: 1,000 branches. Those of rollbacks that ended are deleted. */
const MOST_PAGES = 10;

/** Every branch below the prefix of rollbacks, with the pull requests it ever had; one request per 100. */
export async function readRollbackBranches(room: Room): Promise<readonly RollbackBranch[]> {
  const found: RollbackBranch[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const refs = await readPage(room, after);
    for (const ref of refs?.nodes ?? []) {
      if (!ref?.target) continue;
      const branch = nameOf(ref);
      const pulls = ref.associatedPullRequests.totalCount;
      found.push({ branch, head: ref.target.oid, pulls });
    }
    if (!refs?.pageInfo.hasNextPage) break;
    after = refs.pageInfo.endCursor;
  }
  return found;
}

async function readPage(room: Room, after: string | null) {
  const variables = {
    repository: room.repository.nodeId,
    prefix: `refs/heads/${BRANCH_PREFIX}`,
    after,
  };
  const answer = await read(room, 'list the branches of rollbacks', async () =>
    listBranchesAnswer.parse(await askGraph(room.octokit, LIST_BRANCHES, variables)),
  );
  return answer.node.refs;
}

/** Where GitHub splits a name into prefix and rest is not documented, so any way of splitting is put together again. */
function nameOf({ prefix, name }: { readonly prefix: string; readonly name: string }): string {
  const rest = `${prefix}${name}`.replace(/^refs\/heads\//, '');
  return rest.startsWith(BRANCH_PREFIX) ? rest : `${BRANCH_PREFIX}${rest}`;
}
