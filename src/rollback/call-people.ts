import type { Severity, TargetPolicy } from '../policy/policy.ts';
import { notAskedSentence } from '../texts/failure.ts';
import { listOf, principalName } from '../texts/names.ts';
import { pullRequestLabels } from '../texts/pull-request.ts';
import { insist } from './insist.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

type Pull = Pick<OpenRollback, 'branch' | 'number'>;

/**
 * Sets what only helps people for after what ends incidents: to ask for reviews of a rollback that is still open, and
 * to label it. GitHub wants a second between such writes, and the next incident must not wait for that.
 */
export function callPeople(ports: Ports, { branch, number }: Pull, severity: Severity): void {
  const now = ports.clock();
  ports.later({ kind: 'ask-reviews', branch, number, attempts: 1 }, now);
  ports.later({ kind: 'label', branch, number, severity, attempts: 1 }, now);
}

/** Labels the pull request of a rollback. */
export async function labelPull(
  workspace: Workspace,
  ports: Ports,
  { branch, number }: Pull,
  severity: Severity,
  attempts = 1,
): Promise<void> {
  const doing = {
    due: { kind: 'label', branch, number, severity, attempts },
    what: `Labelling pull request #${number}`,
  } as const;
  await insist(workspace, ports, doing, () =>
    ports.forge.label(workspace.repository, number, pullRequestLabels({ severity })),
  );
}

/** Asks those whom the policy names for reviews, while the rollback is open. */
export async function askForReviews(
  workspace: Workspace,
  ports: Ports,
  { branch, number }: Pull,
  { approvals }: Pick<TargetPolicy, 'approvals'>,
  attempts = 1,
): Promise<void> {
  if (!workspace.open.has(branch)) return;
  const doing = {
    due: { kind: 'ask-reviews', branch, number, attempts },
    what: `Asking for reviews of pull request #${number}`,
  } as const;
  const { repository } = workspace;
  await insist(workspace, ports, doing, async () => {
    const refused = await ports.forge.requestReviews(repository, number, approvals.from);
    const missing = refused.filter(({ kind }) => kind !== 'role');
    if (missing.length === 0) return;
    ports.journal.write({
      kind: 'failed',
      at: ports.clock(),
      repository: fullName(repository),
      incident: branch,
      sentence: notAskedSentence(number, listOf(missing.map(principalName))),
      error: undefined,
    });
  });
}
