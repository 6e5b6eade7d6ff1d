import { targetKey } from '../target.ts';
import { refusedCallSentence } from '../texts/merge.ts';
import type { MergeOutcome } from './forge.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** What neither time nor an event ends: a person has to change something. */
const FOR_GOOD: ReadonlySet<MergeOutcome['kind']> = new Set([
  'conflict',
  'reviews-missing',
  'queue-required',
  'out-of-queue',
  'forbidden',
] satisfies readonly MergeOutcome['kind'][]);

/**
 * Calls people about a merge that the policy or its approvers allow and GitHub refuses for good: once for a head and what
 * GitHub says. Called before it is noted, so that whoever dies in between calls again, by the same key.
 */
export async function callAboutMerge(
  { repository }: Workspace,
  ports: Ports,
  { branch, number, url, verifiedHead, plan, evidence }: OpenRollback,
  outcome: MergeOutcome,
): Promise<void> {
  if (!FOR_GOOD.has(outcome.kind)) return;
  await ports.page({
    key: `not-merged ${repository.id} ${number} ${outcome.kind} ${verifiedHead}`,
    repository: fullName(repository),
    incident: branch,
    severity: evidence.alert.severity,
    sentence: refusedCallSentence({ number, url, target: targetKey(plan.target), outcome }),
  });
}
