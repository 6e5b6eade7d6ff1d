import { unsignedSentence } from '../texts/renewal.ts';
import { withStatus } from '../texts/status-section.ts';
import type { PullRequest } from './forge.ts';
import { tellCheck } from './rollback-check.ts';
import { insist } from './insist.ts';
import {
  fullName,
  type OpenRollback,
  type OpenWait,
  type Ports,
  type Workspace,
} from './workspace.ts';

/**
 * Writes what a rollback waits for, and what comes of it if nobody does anything, at the top of its pull request, into
 * its check and its card, once per change; what it waits for is in the journal as well.
 */
export async function tellStatus(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  waits: string,
  waitsFor: OpenWait,
  next?: string,
): Promise<void> {
  const { unsigned } = rollback;
  const status = unsigned ? `${waits} ${unsignedSentence(unsigned)}` : waits;
  const told = workspace.open.get(rollback.branch);
  const isNew = told?.status !== status;
  if (!isNew && told.next === next) return;
  const { next: _, ...rest } = rollback;
  workspace.open.set(rollback.branch, {
    ...rest,
    status,
    waitsFor,
    ...(next !== undefined && { next }),
  });
  if (isNew) {
    ports.journal.write({
      kind: 'waiting',
      at: ports.clock(),
      repository: fullName(workspace.repository),
      incident: rollback.branch,
      number: rollback.number,
      sentence: `Pull request #${rollback.number} ${status}`,
    });
  }
  ports.cards.keepNext(rollback.branch, next);
  await writeStatus(workspace, ports, rollback.branch, pull.body);
}

/** Writes what an open rollback waits for now into its text; `seen` is the text as it was read just now. */
export async function writeStatus(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  seen?: string,
  attempts = 1,
): Promise<void> {
  const { open, repository } = workspace;
  const rollback = open.get(branch);
  if (!rollback) return;
  const { number, status, next } = rollback;
  const doing = {
    due: { kind: 'status', branch, attempts },
    what: `Writing the state of pull request #${number} into its text`,
  } as const;
  await insist(workspace, ports, doing, async () => {
    const body = seen ?? (await ports.forge.pull(repository, number)).body;
    const wanted = withStatus(body, status, next);
    if (wanted !== body) await ports.forge.edit(repository, number, wanted);
  });
  ports.later({ kind: 'check', branch, attempts: 1 }, ports.clock());
}

/**
 * Says what an open rollback waits for in its check, too. GitHub wants a second between such writes, so it is done by
 * itself: the next step must not wait for that.
 */
export async function writeCheck(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts = 1,
): Promise<void> {
  const rollback = workspace.open.get(branch);
  if (!rollback || rollback.status === '') return;
  const doing = {
    due: { kind: 'check', branch, attempts },
    what: `Writing the state of pull request #${rollback.number} into its check`,
  } as const;
  await insist(workspace, ports, doing, () => tellCheck(workspace, ports, rollback));
}
