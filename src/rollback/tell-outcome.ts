import { hasStatus } from '../texts/status-section.ts';
import type { PullRequest } from './forge.ts';
import { putStatus } from './put-status.ts';
import type { Ports, Workspace } from './workspace.ts';

type Ended = Pick<PullRequest, 'number' | 'branch'>;

/**
 * Sets for later that the text of a pull request that is over says what became of it, where it says what it waited
 * for: nobody waits for that. `status` reads on from "Now: ".
 */
export function tellOutcomeLater(
  ports: Ports,
  { number, branch, body }: Ended & Pick<PullRequest, 'body'>,
  status: string,
): void {
  if (!hasStatus(body)) return;
  ports.later({ kind: 'outcome', branch, number, status, attempts: 1 }, ports.clock());
}

/** Writes into the text of a pull request what became of it; one that is open again by now says so itself. */
export async function tellOutcome(
  { repository }: Workspace,
  ports: Ports,
  { number, branch }: Ended,
  status: string,
  attempts = 1,
): Promise<void> {
  const doing = {
    due: { kind: 'outcome', branch, number, status, attempts },
    what: `Writing what became of pull request #${number} into its text`,
  } as const;
  await putStatus({ repository }, ports, doing, number, (pull) =>
    pull.state === 'open' || !hasStatus(pull.body) ? undefined : status,
  );
}
