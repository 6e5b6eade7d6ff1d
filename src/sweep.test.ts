import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startSweeps, type Schedule, type SweepOptions } from './sweep.ts';
import { MINUTE, SECOND, type Instant, type Milliseconds } from './time.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');

interface Gate {
  readonly promise: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** Replicas of one schedule, with time and ticks that the test owns. */
function replica(options: Partial<SweepOptions> = {}) {
  const waits: Milliseconds[] = [];
  const ran: Instant[] = [];
  const failures: unknown[] = [];
  let tick: (at: Instant) => Promise<void> = () => Promise.resolve();
  let stopped = false;
  const schedule: Schedule = (_, asked) => {
    tick = asked;
    return {
      stop: () => {
        stopped = true;
      },
    };
  };
  const sweeps = startSweeps({
    every: '*/5 * * * *',
    jitter: 30 * SECOND,
    run: (at) => {
      ran.push(at);
      return Promise.resolve();
    },
    claim: () => Promise.resolve(true),
    failed: (error) => failures.push(error),
    clock: () => NOON,
    random: () => 0.5,
    schedule,
    wait: (length) => {
      waits.push(length);
      return Promise.resolve();
    },
    ...options,
  });
  return {
    sweeps,
    waits,
    ran,
    failures,
    tick: (at: Instant) => tick(at),
    isStopped: () => stopped,
  };
}

test('a tick is run after a part of the jitter', async () => {
  const { tick, waits, ran } = replica();
  await tick(NOON);
  expect(waits).toEqual([15 * SECOND]);
  expect(ran).toEqual([NOON]);
});

test.each([
  [10 * SECOND, [5 * SECOND]],
  [15 * SECOND, []],
  [MINUTE, []],
])('one that comes %i ms late waits %j', async (late, expected) => {
  const { tick, waits, ran } = replica({ clock: () => NOON + late });
  await tick(NOON);
  expect(waits).toEqual(expected);
  expect(ran).toEqual([NOON]);
});

test('one more tick comes soon after the start, when it is asked for', async () => {
  const { tick, waits, ran } = replica({ afterStart: 5 * SECOND });
  await vi.waitFor(() => expect(ran).toEqual([NOON + 5 * SECOND]), 20_000);
  expect(waits).toEqual([20 * SECOND]);
  await tick(NOON + 5 * MINUTE);
  expect(ran).toEqual([NOON + 5 * SECOND, NOON + 5 * MINUTE]);
});

test('of several replicas, one runs a tick', async () => {
  const claimed = new Set<Instant>();
  const claim = (tick: Instant) =>
    Promise.resolve(!claimed.has(tick) && Boolean(claimed.add(tick)));
  const replicas = [0.9, 0.1, 0.5].map((part) => replica({ claim, random: () => part }));
  for (const at of [NOON, NOON + 5 * MINUTE]) {
    await Promise.all(replicas.map((one) => one.tick(at)));
  }
  expect(replicas.flatMap(({ ran }) => ran).sort((a, b) => a - b)).toEqual([
    NOON,
    NOON + 5 * MINUTE,
  ]);
});

test('a tick that comes while a run is under way is left out, the next one is not', async () => {
  const busy = gate();
  const ran: Instant[] = [];
  const { tick } = replica({
    run: async (at) => {
      ran.push(at);
      await busy.promise;
    },
  });
  const first = tick(NOON);
  await tick(NOON + 5 * MINUTE);
  busy.open();
  await first;
  await tick(NOON + 10 * MINUTE);
  expect(ran).toEqual([NOON, NOON + 10 * MINUTE]);
});

describe('what fails is told, and the next tick comes', () => {
  const broken = new Error('broken');
  test.each([
    ['a run', { run: () => Promise.reject(broken) }],
    ['a claim', { claim: () => Promise.reject(broken) }],
  ])('%s', async (_, part) => {
    const { tick, failures } = replica(part);
    await tick(NOON);
    await tick(NOON + 5 * MINUTE);
    expect(failures).toEqual([broken, broken]);
  });
});

describe('stopping', () => {
  test('waits for the run under way', async () => {
    const busy = gate();
    const { sweeps, tick, isStopped } = replica({ run: () => busy.promise });
    void tick(NOON);
    let ended = false;
    const stop = sweeps.stop().finally(() => {
      ended = true;
    });
    await Promise.resolve();
    expect({ ended, stopped: isStopped() }).toEqual({ ended: false, stopped: true });
    busy.open();
    await stop;
    expect(ended).toBe(true);
  });

  test('ends the wait before a run, and nothing is claimed or run after it', async () => {
    const claimed: Instant[] = [];
    const { sweeps, tick, ran } = replica({
      claim: (at) => Promise.resolve(claimed.push(at) > 0),
      wait: (_, stopped) =>
        new Promise((resolve) => {
          stopped.addEventListener('abort', () => resolve());
        }),
    });
    const waiting = tick(NOON);
    await sweeps.stop();
    await waiting;
    await tick(NOON + 5 * MINUTE);
    expect({ claimed, ran }).toEqual({ claimed: [], ran: [] });
  });

  test('between claim and run leaves the run out', async () => {
    const busy = gate();
    const { sweeps, tick, ran } = replica({ claim: () => busy.promise.then(() => true) });
    void tick(NOON);
    const stop = sweeps.stop();
    busy.open();
    await stop;
    expect(ran).toEqual([]);
  });
});

test('a mistake in the schedule is told at the start', () => {
  expect(() => replica({ every: 'every now and then' })).toThrow(
    /The sweep cannot be scheduled at "every now and then".*\*\/5 \* \* \* \*/,
  );
});

describe('node-cron, on a clock that the test moves', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOON + 1_234 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('ticks at the minute in UTC, waits the jitter, and stops', async () => {
    const ran: string[] = [];
    const sweeps = startSweeps({
      every: '*/5 * * * *',
      jitter: 10 * SECOND,
      run: (tick) => {
        ran.push(`${new Date(tick).toISOString()} at ${new Date().toISOString()}`);
        return Promise.resolve();
      },
      claim: () => Promise.resolve(true),
      failed: (error) => {
        throw error;
      },
      clock: Date.now,
      random: () => 0.2,
    });
    await vi.advanceTimersByTimeAsync(11 * MINUTE);
    await sweeps.stop();
    await vi.advanceTimersByTimeAsync(11 * MINUTE);
    expect(ran).toEqual([
      '2026-11-20T12:05:00.000Z at 2026-11-20T12:05:02.000Z',
      '2026-11-20T12:10:00.000Z at 2026-11-20T12:10:02.000Z',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
