import { describe, expect, test } from 'vitest';
import { joinUnstarted } from './join-unstarted.ts';

describe('joinUnstarted', () => {
  test('runs one at a time; callers before a start share it, callers after it wait for the next', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const starts: (() => void)[] = [];
    let runs = 0;
    let running = 0;
    const task = joinUnstarted(async () => {
      const run = runs++;
      running += 1;
      starts.shift()?.();
      expect(running).toBe(1);
      await gates[run]?.promise;
      running -= 1;
      return run;
    });
    const started = new Promise<void>((resolve) => starts.push(resolve));
    const first = [task(), task()];
    await started;
    const second = [task(), task()];
    gates[0]?.resolve();
    gates[1]?.resolve();
    expect(await Promise.all([...first, ...second])).toEqual([0, 0, 1, 1]);
    expect(await task()).toBe(2);
  });

  test('a run that fails fails for its own callers only', async () => {
    let runs = 0;
    const task = joinUnstarted(async () => {
      await Promise.resolve();
      if (runs++ === 0) throw new Error('first');
      return 'second';
    });
    const first = task();
    await expect(first).rejects.toThrow('first');
    expect(await task()).toBe('second');
  });
});
