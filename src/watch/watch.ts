/**
 * The monitors of a repository, worked in a lane of their own: one replica at a time, one turn after another. A look asks
 * for what is new, evaluates, and hands what is asked for to the lane of the repository as an alert.
 *
 * The races: two replicas reach the same look; the process dies between a look and its acknowledgement; what is watched
 * changes while it is looked; a server is slow or dead; samples are pushed meanwhile.
 *
 * What must hold: one look a tick over all replicas; an alert is on the disk before the state that says it was told; a
 * look that is done again tells nothing twice that matters, because alerts are known by the moment of the look; what a
 * server does not answer is no evidence, and holds up no other server's monitors for longer than its timeout.
 *
 * How: the lane's lease and fence, as for every lane; its state is remembered as long as the lane stays in this process
 * (`stretch`), and stands in the store with each change of a stand and otherwise once a minute: what is lost is looked
 * at again.
 */
import type { Alert } from '../alerts/alert.ts';
import type { Change, Settlement, Turn } from '../store/settlement.ts';
import { MINUTE, type Instant } from '../time.ts';
import { lookAt } from './look-at.ts';
import { monitorAlert } from './monitor-alert.ts';
import { writeMonitor } from './stored-monitor.ts';
import { pushedOf, takePushed } from './take-pushed.ts';
import { loadTracked, type Tracked } from './tracked.ts';
import type { WatchParts } from './watch-parts.ts';
import { CHANGED, LOOK, MONITOR } from './watched.ts';

export interface Watch {
  /** Does what waits in the lane of a repository's monitors. */
  turn(repository: number, turn: Turn): Promise<Settlement>;
}

interface Remembered {
  readonly stretch: number;
  readonly all: ReadonlyMap<string, Tracked>;
}

/** What is quiet is written so often: until then a crash loses looks, which are made again. */
const SAVE_QUIET = MINUTE;

export function createWatch(parts: WatchParts): Watch {
  const remembered = new Map<number, Remembered>();
  return {
    async turn(repository, turn) {
      const before = remembered.get(repository);
      remembered.delete(repository);
      const name = await parts.nameOf(repository);
      if (name === undefined) return {};
      const known = before?.stretch === turn.stretch ? before.all : undefined;
      const changed = !known || turn.items.some(({ kind }) => kind === CHANGED);
      const changes: Change[] = [];
      const gone: Tracked[] = [];
      const load = (from: typeof known) => loadTracked(parts, turn, from, gone, changes);
      let all = changed ? await load(known) : known;
      const now = parts.clock();
      const pushed = pushedOf(turn.items);
      if (!takePushed(pushed, all, now) && !changed) {
        // A monitor that nobody here knows yet: it is on the disk before the word of it.
        all = await load(all);
        takePushed(pushed, all, now);
      }
      const ended = gone.flatMap((one) => endOf(one, now) ?? []);
      const due = [...all.values()].filter(({ nextAt }) => nextAt <= now);
      const told = await lookAt(parts, { repository, name, due, all, now, signal: turn.signal });
      turn.signal.throwIfAborted();
      const said = [...ended, ...told].map((alert) => ({ alert, repository: name }));
      if (said.length > 0) await parts.alerted(said, `look ${now}`);
      const saved = [...all.values()].filter((one) => one.dirty || now - one.savedAt >= SAVE_QUIET);
      for (const { key, monitor, state } of saved) {
        if (!state) continue;
        changes.push({ kind: 'put', of: MONITOR, key, value: writeMonitor(monitor, state) });
      }
      const next = Math.min(...[...all.values()].map(({ nextAt }) => nextAt));
      if (Number.isFinite(next)) changes.push({ kind: 'set-timer', name: LOOK, when: next });
      return {
        changes,
        settled() {
          for (const one of saved) Object.assign(one, { dirty: false, savedAt: now });
          remembered.set(repository, { stretch: turn.stretch, all });
        },
      };
    },
  };
}

/** What is no longer watched does not fire any more. */
function endOf({ watched, monitor, state }: Tracked, now: Instant): Alert | undefined {
  if (!state?.open || monitor.judge.kind === 'early-warning') return undefined;
  return monitorAlert(watched, monitor, { kind: 'resolve' }, state, now);
}
