import { timerOf } from './inbox/work.ts';
import { nameOfDue, type Due } from './rollback/due.ts';
import type { Ports } from './rollback/workspace.ts';
import type { Change } from './store/settlement.ts';
import type { Instant } from './time.ts';

/**
 * What is set for later during one turn of a repository's lane. It is stored with the turn's acknowledgement: a
 * process that dies before that leaves the items, and whoever handles them again sets the same again.
 */
export interface Agenda {
  readonly later: Ports['later'];
  changes(repository: number): readonly Change[];
}

export function createAgenda(): Agenda {
  const set = new Map<string, { readonly due: Due; readonly when: Instant }>();
  return {
    later: (due, when) => void set.set(nameOfDue(due), { due, when }),
    changes: (repository) =>
      [...set].map(([name, { due, when }]) => ({
        kind: 'set-timer',
        name,
        when,
        options: timerOf(repository, due),
      })),
  };
}
