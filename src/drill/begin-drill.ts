import type { Ports, Workspace } from '../rollback/workspace.ts';
import { targetKey, type Target, type TargetKey } from '../target.ts';
import type { DrillRequest, TargetDrills } from './drill.ts';

/** What is known of the drills of a target; one that nothing is known of counts from now. */
export function drillsOf(
  { drills }: Pick<Workspace, 'drills'>,
  { clock }: Pick<Ports, 'clock'>,
  target: TargetKey,
): TargetDrills {
  return drills.get(target) ?? { target, noted: clock(), past: [] };
}

/** Begins a drill: its first phase comes in a turn of its own. Nothing may stand in its way. */
export function beginDrill(
  workspace: Workspace,
  ports: Ports,
  target: TargetKey,
  by?: DrillRequest,
): void {
  const { putOff: _, ...known } = drillsOf(workspace, ports, target);
  // Each has a name of its own, whatever the clock does.
  const last = known.past.at(-1)?.startedAt ?? 0;
  const startedAt = Math.max(ports.clock(), last + 1);
  workspace.drills.set(target, {
    ...known,
    run: { target, startedAt, results: [], ...(by && { by }) },
  });
  goOnLater(ports, target);
}

/** Has a drill taken one phase further in a turn of its own, so that alerts go in between. */
export function goOnLater(ports: Ports, target: TargetKey): void {
  ports.later({ kind: 'drill', target, attempts: 1 }, ports.clock());
}

/** A rollback of the target begins, and goes before: its drill looks at that at once, and gives up. */
export function giveUpDrill(workspace: Workspace, ports: Ports, target: Target): void {
  const key = targetKey(target);
  if (workspace.drills.get(key)?.run) goOnLater(ports, key);
}
