import type { CheckReport } from '../check/checks.ts';
import { CHECK_NAME } from '../check/report.ts';
import { rollbackCheckText } from '../texts/rollback-check.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** Says in the `lastgood` check of a rollback what it waits for. It stays unfinished: it is no verdict yet. */
export async function tellCheck(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
): Promise<void> {
  await publish(workspace, ports, rollback, rollback.status);
}

/**
 * Passes the `lastgood` check of a rollback that was evaluated and may be merged: where the branch's rules require
 * the check, the merge waits for it. Answers false when it had passed already, so that the merge waits for others.
 */
export async function passCheck(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
): Promise<boolean> {
  return publish(workspace, ports, rollback, undefined);
}

async function publish(
  { repository }: Workspace,
  ports: Ports,
  { plan, evidence, own, verifiedHead: head }: OpenRollback,
  waits: string | undefined,
): Promise<boolean> {
  if (!own) return false;
  const { runs, app } = ports.checks;
  const text = rollbackCheckText({ plan, evidence, ...(waits !== undefined && { waits }) });
  const report: CheckReport = {
    name: CHECK_NAME,
    head,
    externalId: waits === undefined ? 'rollback passed' : 'rollback waits',
    ...(waits === undefined && { conclusion: 'success', urgent: true }),
    ...text,
    annotations: [],
  };
  const known = await runs.find(repository, { head, name: CHECK_NAME, app });
  const passed = known?.status === 'completed' && known.conclusion === 'success';
  if (passed && waits === undefined) return false;
  ports.signal.throwIfAborted();
  // A check that is finished stays finished: one that waits again begins anew.
  await runs.publish(repository, report, passed ? undefined : known);
  return true;
}
