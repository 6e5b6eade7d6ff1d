import type { PullRequest } from '../rollback/forge.ts';
import type { Ports, Vote, Workspace } from '../rollback/workspace.ts';
import { isOwn } from './conversation.ts';

const VOTE =
  /^<!-- lastgood:answer ([a-z-]+ \d+) -->\n<!-- lastgood:approval (\d{1,15}) ([A-Za-z0-9-]{1,50}) ([0-9a-f]{40}) (\d{1,15}) -->\n/;

/** What an answer to an approval carries unseen, below the line that names the command. */
export function voteMark({ user, commit, at }: Vote): string {
  return `<!-- lastgood:approval ${user.id} ${user.login} ${commit} ${at} -->`;
}

/**
 * The approvals by command that a pull request shows: in the App's own answers, as it wrote them. Whoever may write can
 * edit an answer, so one that somebody edited is nobody's word, nor is one that GitHub does not vouch for.
 */
export async function readVotes(
  { repository }: Workspace,
  ports: Ports,
  { number, createdAt }: Pick<PullRequest, 'number' | 'createdAt'>,
): Promise<readonly Vote[]> {
  const self = await ports.self(repository);
  const comments = await ports.conversation.comments(repository, number, createdAt);
  const answers = comments.filter((one) => isOwn(one, self) && VOTE.test(one.body));
  if (answers.length === 0) return [];
  const unedited = await ports.conversation.unedited(repository, answers);
  return unedited.flatMap(({ body }): Vote[] => {
    const [, said, id, login = '', commit = '', at] = VOTE.exec(body) ?? [];
    if (said === undefined) return [];
    return [{ user: { id: Number(id), login, bot: false }, commit, at: Number(at), said }];
  });
}
