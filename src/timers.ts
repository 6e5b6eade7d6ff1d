import type { Clock, Instant } from './time.ts';

/** Work to be done later. A later call with the same name replaces the earlier one. */
export interface Timers {
  at(name: string, when: Instant, work: () => void): void;
  cancel(name: string): void;
  /** Forgets everything that is set. */
  close(): void;
}

/** Node's own timers wait at most this long. */
const LONGEST = 2 ** 31 - 1;

/** Timers of this process. They do not survive it: whatever matters is found again by looking at GitHub. */
export function createTimers(clock: Clock): Timers {
  const set = new Map<string, NodeJS.Timeout>();
  const arm = (name: string, when: Instant, work: () => void): void => {
    const left = Math.max(0, when - clock());
    const fire = (): void => {
      if (left > LONGEST) return arm(name, when, work);
      set.delete(name);
      work();
    };
    const timer = setTimeout(fire, Math.min(left, LONGEST));
    timer.unref();
    set.set(name, timer);
  };
  const cancel = (name: string): void => {
    clearTimeout(set.get(name));
    set.delete(name);
  };
  return {
    at(name, when, work) {
      cancel(name);
      arm(name, when, work);
    },
    cancel,
    close() {
      for (const timer of set.values()) clearTimeout(timer);
      set.clear();
    },
  };
}
