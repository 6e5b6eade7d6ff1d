/**
 * Open pull requests, checked again when what may come back has changed: a rollback merged, somebody quarantined a
 * version or let one back. What was green before may not be any more, and nobody pushes to it.
 */
import type { Due } from '../rollback/due.ts';
import { incidentOf } from '../rollback/branch.ts';
import { insist } from '../rollback/insist.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { parseTargetKey, type Target, targetKey } from '../target.ts';
import type { OpenPull } from './pull-files.ts';

/** So many of the newest open pull requests are looked at: older ones are checked when somebody pushes to them. */
export const MOST_OPEN = 50;

/** Sets for later that open pull requests are held against a target's quarantines again: nobody waits for that. */
export function judgeOpenLater(ports: Ports, target: Target): void {
  ports.later({ kind: 'judge-open', target: targetKey(target), attempts: 1 }, ports.clock());
}

/** Asks once which pull requests are open, and has those checked that touch a file of the target's pins. */
export async function judgeOpen(
  workspace: Workspace,
  ports: Ports,
  due: Extract<Due, { kind: 'judge-open' }>,
): Promise<void> {
  const target = parseTargetKey(due.target);
  const policy = target && policyOf(workspace, target);
  if (!policy) return;
  const what = `Having the open pull requests of ${due.target} checked again`;
  await insist(workspace, ports, { due, what }, async () => {
    const open = await ports.checks.files.open(workspace.repository, MOST_OPEN);
    const pinned = new Set(policy.pins.map(({ file }) => file));
    for (const number of toJudge(open, pinned)) {
      ports.later({ kind: 'judge-again', number, attempts: 1 }, ports.clock());
    }
  });
}

/** The pull requests, newest first, that may change one of these files. A rollback's own has its state in its check. */
export function toJudge(open: readonly OpenPull[], pinned: ReadonlySet<string>): readonly number[] {
  return open
    .filter(({ branch }) => incidentOf(branch) === undefined)
    .filter(({ paths, complete }) => !complete || paths.some((path) => pinned.has(path)))
    .map(({ number }) => number);
}
