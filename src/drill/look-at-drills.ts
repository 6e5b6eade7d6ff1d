import type { Ports, Workspace } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { HOUR } from '../time.ts';
import { beginDrill, drillsOf, goOnLater } from './begin-drill.ts';
import type { TargetDrills } from './drill.ts';
import { groundOf } from './ground.ts';
import { whyNotNow } from './plan-drill.ts';
import { scheduleOf } from './schedule.ts';

/** A drill that is due and may not begin is looked at again after so long. */
const AGAIN = HOUR;

/**
 * Begins the drill that is due, one at a time in a repository, and has itself called again when the next one is. One
 * that may not begin now waits, and says why.
 */
export function lookAtDrills(workspace: Workspace, ports: Ports): Promise<void> {
  const now = ports.clock();
  const wakes: number[] = [];
  for (const policy of workspace.policies.set.targets) {
    const key = targetKey(policy.target);
    const known = drillsOf(workspace, ports, key);
    if (known.run) goOnLater(ports, key);
    const schedule = scheduleOf(policy.drills.every, known);
    if (!schedule) {
      if (workspace.drills.has(key)) note(workspace, { ...known, ...NOTHING_DUE });
      continue;
    }
    const { dueAt, overdueAt } = schedule;
    const isDue = now >= dueAt && !known.run;
    const putOff = isDue ? whyNotNow(groundOf(workspace, ports, policy.target)) : undefined;
    note(workspace, { ...known, overdueAt, putOff });
    if (isDue && putOff === undefined) beginDrill(workspace, ports, key);
    if (!known.run) wakes.push(isDue ? now + AGAIN : dueAt);
  }
  forget(workspace);
  if (wakes.length > 0) ports.later({ kind: 'drills', attempts: 1 }, Math.min(...wakes));
  return Promise.resolve();
}

const NOTHING_DUE = { putOff: undefined, overdueAt: undefined } as const;

type Noted = Omit<TargetDrills, 'putOff' | 'overdueAt'> & {
  readonly putOff: TargetDrills['putOff'] | undefined;
  readonly overdueAt: number | undefined;
};

/** Keeps it where it differs: what is the same is not written anew. */
function note({ drills }: Workspace, { putOff, overdueAt, ...rest }: Noted): void {
  const before = drills.get(rest.target);
  if (before && before.putOff === putOff && before.overdueAt === overdueAt) return;
  const { putOff: _, overdueAt: __, ...kept } = { putOff: 0, overdueAt: 0, ...rest };
  drills.set(rest.target, {
    ...kept,
    ...(putOff !== undefined && { putOff }),
    ...(overdueAt !== undefined && { overdueAt }),
  });
}

/** What no policy is about any more, not even a broken one, is forgotten; the journal keeps what was found. */
function forget({ drills, policies: { set } }: Workspace): void {
  const all = new Set([...set.targets, ...set.disabled].map(({ target }) => targetKey(target)));
  for (const [key, { run }] of drills) if (!all.has(key) && !run) drills.delete(key);
}
