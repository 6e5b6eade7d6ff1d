import type { Due } from '../rollback/due.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { parseTargetKey } from '../target.ts';

/** Writes down why a monitor did nothing: what was not good for a while is over. */
export function notePassed(
  { repository }: Workspace,
  ports: Ports,
  { target: key, monitor, why, at, sentence }: Extract<Due, { kind: 'passed' }>,
): void {
  const target = parseTargetKey(key);
  if (!target) return;
  ports.journal.write({
    kind: 'passed',
    at,
    repository: fullName(repository),
    sentence,
    target,
    monitor,
    why,
  });
}
