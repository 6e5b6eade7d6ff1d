import type { CheckReport } from '../check/checks.ts';
import { CHECK_NAME } from '../check/report.ts';
import { rollbackCheckText } from '../texts/rollback-check.ts';
import type { Oid } from '../releases/release.ts';
import type { Instant } from '../time.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** Says in the `lastgood` check of a rollback what it waits for. It stays unfinished: it is no verdict yet. */
export async function tellCheck(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
): Promise<void> {
  await publish(workspace, ports, rollback, rollback);
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

const WAITS = /^rollback waits ([0-9]{1,15})$/;

/** Nobody but the App can write a check, so since when it waits is remembered there, whatever becomes of the database. */
function waitsId(waited: OpenRollback['waited']): string {
  return waited ? `rollback waits ${waited.since}` : 'rollback waits';
}

/** Since when a head waits for people, as its check says; undefined when it says nothing of it. */
export async function readWaitsSince(
  { repository }: Workspace,
  { checks: { runs, app } }: Pick<Ports, 'checks'>,
  head: Oid,
): Promise<Instant | undefined> {
  const known = await runs.find(repository, { head, name: CHECK_NAME, app });
  const [, since] = WAITS.exec(known?.externalId ?? '') ?? [];
  return since === undefined ? undefined : Number(since);
}

async function publish(
  { repository }: Workspace,
  ports: Ports,
  { plan, evidence, own, verifiedHead: head }: OpenRollback,
  waits: Pick<OpenRollback, 'status' | 'next' | 'waited'> | undefined,
): Promise<boolean> {
  if (!own) return false;
  const { runs, app } = ports.checks;
  const { status, next, waited } = waits ?? {};
  const text = rollbackCheckText({
    plan,
    evidence,
    ...(status !== undefined && { waits: status }),
    ...(next !== undefined && { next }),
  });
  const report: CheckReport = {
    name: CHECK_NAME,
    head,
    externalId: waits === undefined ? 'rollback passed' : waitsId(waited),
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
