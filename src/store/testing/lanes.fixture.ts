import { beforeEach, describe, expect, it } from 'vitest';
import { SECOND } from '../../time.ts';
import { LeaseLost } from '../errors.ts';
import { PauseLane } from '../settlement.ts';
import { empty, one, setUp, valueOf, type Stage } from './stage.fixture.ts';

/** What must hold for working the lanes, on either database. */
export function testLanes(stage: Stage): void {
  describe('lanes', () => {
    beforeEach(() => empty(stage.database()));

    it('hands out by priority, then by arrival, as many at once as wait and came together', async () => {
      const { store, work, turns } = setUp(stage.database());
      await store.accept([one('a', 'low 1', 1), one('a', 'high 1', 9), one('a', 'low 2', 1)]);
      await store.accept([one('a', 'high 2', 9)]);
      const workers = work(undefined, { batch: { items: 3 } });
      await workers.idle();
      await workers.stop();
      expect(turns).toEqual([
        ['high 1', 'high 2'],
        ['low 1', 'low 2'],
      ]);
    });

    it('bounds a turn by bytes, and still hands out an item that is larger', async () => {
      const { store, work, turns } = setUp(stage.database());
      await store.accept(['1', '2', 'x'.repeat(500), '3'].map((text) => one('a', text)));
      const workers = work(undefined, { batch: { bytes: 100 } });
      await workers.idle();
      await workers.stop();
      expect(turns.map((turn) => turn.length)).toEqual([2, 1, 1]);
    });

    it('works a lane by one turn at a time, and lanes side by side', async () => {
      const { store, work } = setUp(stage.database());
      const running = new Set<string>();
      const overlaps: string[] = [];
      let allBegun = (): void => undefined;
      const together = new Promise<void>((resolve) => (allBegun = resolve));
      await store.accept(Array.from({ length: 60 }, (_, n) => one(`lane ${n % 3}`, n)));
      const workers = work(
        async ({ lane }) => {
          if (running.has(lane)) overlaps.push(lane);
          running.add(lane);
          if (running.size === 3) allBegun();
          await together;
          // Long enough for another turn of the lane to begin, if it could.
          await store.snapshot();
          running.delete(lane);
        },
        { batch: { items: 5 } },
      );
      await workers.idle();
      await workers.stop();
      expect(overlaps).toEqual([]);
    });

    it('serves a small lane within two turns of a lane with thousands', async () => {
      const { store, work, turns } = setUp(stage.database());
      await store.accept(Array.from({ length: 3_000 }, (_, n) => one('big', n, 5)));
      let served = 0;
      const workers = work(
        async ({ lane }) => {
          if (lane === 'big' && turns.length === 3) await store.accept([one('small', 'me', 5)]);
          if (lane === 'small') served = turns.length;
        },
        { concurrency: 1, batch: { items: 100 } },
      );
      await workers.idle();
      await workers.stop();
      expect(turns).toHaveLength(31);
      expect(served).toBe(4);
    });

    it('prefers urgent lanes, but not forever', async () => {
      const { store, clock, work, turns } = setUp(stage.database());
      await store.accept([one('plain', 'plain 1', 0)]);
      clock.forward(5 * SECOND);
      await store.accept([one('urgent', 'urgent', 3)]);
      clock.forward(60 * SECOND);
      await store.accept([one('late', 'late but urgent', 3)]);
      const workers = work(undefined, { concurrency: 1 });
      await workers.idle();
      await workers.stop();
      expect(turns.flat()).toEqual(['urgent', 'plain 1', 'late but urgent']);
    });

    it('pauses the whole lane, in order and without a try counted, while others go on', async () => {
      const { store, clock, work, turns } = setUp(stage.database());
      await store.accept([one('limited', 1), one('limited', 2), one('other', 3)]);
      let limited = true;
      const tries: number[] = [];
      const workers = work(async ({ lane, items }) => {
        if (lane !== 'limited') return;
        tries.push(...items.map((item) => item.tries));
        if (limited) throw new PauseLane('GitHub limits the App', { after: 60 * SECOND });
      });
      await workers.idle();
      expect(turns).toHaveLength(2);
      expect(await store.snapshot()).toMatchObject({ waiting: 2, paused: 1 });
      clock.forward(59 * SECOND);
      await workers.idle();
      expect(turns).toHaveLength(2);
      limited = false;
      clock.forward(SECOND);
      await workers.idle();
      await workers.stop();
      expect(turns.at(-1)).toEqual([1, 2]);
      expect(tries).toEqual([1, 1, 1, 1]);
    });

    it('refuses the acknowledgement of a worker that lost its lane', async () => {
      const first = setUp(stage.database());
      const second = setUp(stage.database(), first.clock);
      await first.store.accept([one('a', 'x')]);
      let finish = (): void => undefined;
      const begun = new Promise<AbortSignal>((resolve) => {
        first.work(async ({ items, signal }) => {
          resolve(signal);
          await new Promise<void>((done) => (finish = done));
          const [item] = items;
          if (!item) return undefined;
          const late = { kind: 'put', of: 'state', key: 'x', value: 'late' } as const;
          return { outcomes: new Map([[item.id, { kind: 'handled' }]]), changes: [late] };
        });
      });
      const signal = await begun;
      // The first process stands still: no sign of life while its lease ends.
      await stage.database().query('update lastgood.lane set lease_until = 0');
      const workers = second.work();
      await workers.idle();
      expect(second.turns).toEqual([['x']]);
      finish();
      await expect.poll(() => first.problems).toEqual([expect.any(LeaseLost)]);
      expect(await first.store.documents.list('a', 'state')).toEqual([]);
      expect(signal.aborted).toBe(false);
      await workers.stop();
    });

    it('tells a process whether another one worked the lane since, and leaves it the lane for a while', async () => {
      const first = setUp(stage.database());
      const second = setUp(stage.database(), first.clock);
      const { store, clock } = first;
      const seen: (readonly [string, number])[] = [];
      const begin = (name: string, working: typeof first) =>
        working.work(async ({ stretch }) => void seen.push([name, stretch]), { affinity: SECOND });
      const workers = begin('first', first);
      for (const key of ['x', 'y']) {
        await store.accept([one('a', key)]);
        await workers.idle();
      }
      const two = begin('second', second);
      await workers.stop();
      // The first one said goodbye: nothing is left to it any more.
      await store.accept([one('a', 'z')]);
      await two.idle();
      expect(seen).toEqual([
        ['first', 1],
        ['first', 1],
        ['second', 3],
      ]);

      // One that died does not say goodbye.
      await stage.database().query("update lastgood.lane set last_holder = 'a dead one'");
      await store.accept([one('a', 'later'), one('b', 'nobody worked b before')]);
      await two.idle();
      expect(second.turns).toEqual([['z'], ['nobody worked b before']]);
      clock.forward(SECOND);
      await two.idle();
      await two.stop();
      expect(second.turns.at(-1)).toEqual(['later']);
      expect(seen.at(-1)).toEqual(['second', 4]);
    });

    it('tells the handler when a lease is lost, and keeps one that shows signs of life', async () => {
      const { store, work, clock } = setUp(stage.database());
      await store.accept([one('a', 'x'), one('b', 'y')]);
      const signals = new Map<string, AbortSignal>();
      const end = new AbortController();
      const workers = work(
        async ({ lane, signal }) => {
          signals.set(lane, signal);
          await Promise.race([aborted(signal), aborted(end.signal)]);
        },
        { lease: 60 },
      );
      await expect.poll(() => signals.size).toBe(2);
      await stage.database().query("update lastgood.lane set fence = fence + 1 where name = 'a'");
      await expect.poll(() => signals.get('a')?.aborted).toBe(true);
      const until = async () =>
        (
          await stage
            .database()
            .query<{ lease_until: number }>(
              "select lease_until from lastgood.lane where name = 'b'",
            )
        )[0]?.lease_until;
      clock.forward(30);
      await expect.poll(until).toBe(clock() + 60);
      expect(signals.get('b')?.aborted).toBe(false);
      end.abort();
      await workers.stop();
    });

    it('stops within its bound: nothing new is begun, and what does not end is let go', async () => {
      const { store, work, turns } = setUp(stage.database());
      await store.accept([one('stuck', 1), one('quick', 2)]);
      let told: unknown;
      const workers = work(
        async ({ lane, items, signal }) => {
          if (lane === 'quick') return;
          await aborted(signal);
          told = signal.reason;
          throw new Error(`not done: ${String(items.map(valueOf))}`);
        },
        { concurrency: 2 },
      );
      await expect.poll(() => turns.length).toBe(2);
      await store.accept([one('later', 3)]);
      await workers.stop(10);
      await expect.poll(() => told).toBeInstanceOf(Error);
      const again = setUp(stage.database());
      const others = again.work();
      await others.idle();
      await others.stop();
      expect(again.turns.flat()).toContain(1);
      expect(again.turns.flat()).not.toContain(2);
    });
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
