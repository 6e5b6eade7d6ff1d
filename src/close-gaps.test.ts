import { pino } from 'pino';
import { expect, test } from 'vitest';
import { closeGaps } from './close-gaps.ts';
import type { Octokit } from './github/octokit.ts';
import type { Json } from './store/item.ts';
import type { Schedule } from './sweep.ts';
import { HOUR, MINUTE, type Instant } from './time.ts';

const NIGHT = Date.parse('2026-11-20T02:17:00Z');

/** Deliveries that arrived nowhere, and what is kept between processes. */
function openWorld() {
  let now = NIGHT;
  const failed: { readonly id: number; readonly event: string; readonly at: Instant }[] = [];
  const asked: string[] = [];
  const kept = new Map<string, Json>();
  const nameOf = (parts: readonly string[]) => parts.join(' ');
  const list = () =>
    failed.toReversed().map(({ id, event, at }) => ({
      id,
      guid: `guid-${id}`,
      delivered_at: new Date(at).toISOString(),
      redelivery: false,
      status: 'failed to connect to host',
      event,
    }));
  const app = {
    async request(route: string) {
      const [, id] = /^POST .*\/(\d+)\/attempts$/.exec(route) ?? [];
      if (id === undefined) return { data: list(), headers: {} };
      asked.push(id);
      return {};
    },
  } as unknown as Octokit;

  /** Starts a process; answers how its sweep is run. */
  const start = (): (() => Promise<void>) => {
    let tick: Parameters<Schedule>[1] | undefined;
    closeGaps({
      every: '*/5 * * * *',
      inbox: {
        arrivals: { due: () => Promise.resolve() },
        store: {
          tick: () => Promise.resolve(true),
          documents: {
            get: async (...name: string[]) => kept.get(nameOf(name)),
            async put(lane: string, kind: string, key: string, value: Json) {
              kept.set(nameOf([lane, kind, key]), value);
            },
          },
        },
      },
      repositories: () => [],
      app,
      timing: { clock: () => now, wait: () => Promise.resolve() },
      log: pino({ level: 'silent' }),
      swept: (outcome) => expect(outcome).toBe('ok'),
      schedule(_, run) {
        tick = run;
        return { stop: () => undefined };
      },
    });
    // Late enough that no jitter is waited for.
    return async () => tick?.(now - MINUTE);
  };
  return {
    asked,
    start,
    pass: (length: number) => void (now += length),
    lose: (event: string) => void failed.push({ id: failed.length + 1, event, at: now }),
  };
}

test('what failed while no process lived is asked for, however long that was', async () => {
  const world = openWorld();
  await world.start()();
  world.pass(HOUR);
  world.lose('issue_comment');
  world.pass(10 * HOUR);
  await world.start()();
  expect(world.asked).toEqual(['1']);
});

test('an alert that was dispatched hours ago is not', async () => {
  const world = openWorld();
  await world.start()();
  world.lose('repository_dispatch');
  world.pass(2 * HOUR);
  world.lose('repository_dispatch');
  world.pass(MINUTE);
  await world.start()();
  expect(world.asked).toEqual(['2']);
});
