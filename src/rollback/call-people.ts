import type { Severity, TargetPolicy } from '../policy/policy.ts';
import { notAskedSentence } from '../texts/failure.ts';
import { listOf, principalName } from '../texts/names.ts';
import { pullRequestLabels } from '../texts/pull-request.ts';
import { insist } from './insist.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/**
 * What only helps people, after what ends the incident: asks for reviews of a rollback that is still open, and labels
 * it. Never throws.
 */
export async function callPeople(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  policy: TargetPolicy,
  severity: Severity,
): Promise<void> {
  if (workspace.open.has(rollback.branch)) {
    await askForReviews(workspace, ports, rollback, policy);
  }
  const doing = {
    name: `${rollback.branch} labels`,
    what: `Labelling pull request #${rollback.number}`,
  };
  await insist(workspace, ports, doing, ({ repository }) =>
    ports.forge.label(repository, rollback.number, pullRequestLabels({ severity })),
  );
}

async function askForReviews(
  workspace: Workspace,
  ports: Ports,
  { branch, number }: OpenRollback,
  { approvals }: TargetPolicy,
): Promise<void> {
  const doing = {
    name: `${branch} reviews`,
    what: `Asking for reviews of pull request #${number}`,
  };
  await insist(workspace, ports, doing, async ({ repository }) => {
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
