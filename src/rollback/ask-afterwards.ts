import { isOwn } from '../commands/conversation.ts';
import {
  AFTERWARDS_MARK,
  reviewAfterwards,
  reviewAfterSilence,
} from '../texts/rollback-answers.ts';
import { incidentOf } from './branch.ts';
import { tidyLater } from './close-rollback.ts';
import type { Due } from './due.ts';
import { insist } from './insist.ts';
import type { Merged } from './settle-rollback.ts';
import { policyOf } from './up-to-date.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/**
 * Whether a merged rollback went without an approval that somebody has to make good for: a person broke the glass, or
 * nobody decided in time.
 */
export function owesReview({ record }: Pick<OpenRollback, 'record'>, { by }: Merged): boolean {
  return by === 'timeout' || (by === 'policy' && record.requestedBy !== undefined);
}

/**
 * Asks for the review that a merge went without, once, below its pull request. The branch is deleted after that: while
 * it stands, whoever looks knows that this may not be done.
 */
export async function askAfterwards(
  workspace: Workspace,
  ports: Ports,
  due: Extract<Due, { kind: 'review-afterwards' }>,
): Promise<void> {
  const { branch, number, brokeGlass } = due;
  const { repository } = workspace;
  const what = `Asking for a review of pull request #${number} after its merge`;
  await insist(workspace, ports, { due, what }, async () => {
    const self = await ports.self(repository);
    const comments = await ports.conversation.comments(repository, number);
    if (!comments.some((one) => isOwn(one, self) && one.body.startsWith(AFTERWARDS_MARK))) {
      const incident = incidentOf(branch);
      const from = (incident && policyOf(workspace, incident.target))?.approvals.from ?? [];
      const asks =
        brokeGlass === undefined ? reviewAfterSilence(from) : reviewAfterwards(brokeGlass, from);
      await ports.conversation.say(repository, number, `${AFTERWARDS_MARK}\n${asks}`);
    }
    tidyLater(ports, branch);
  });
}
