import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../time.ts';
import type { DeadLetter } from '../dead-letters.ts';
import type { Outcome } from '../settlement.ts';
import { empty, one, setUp, valueOf, type Stage } from './stage.fixture.ts';

/** What must hold for items that fail, on either database. */
export function testRetries(stage: Stage): void {
  describe('retries', () => {
    beforeEach(() => empty(stage.database()));

    it('puts an item aside, and works the others of its lane meanwhile', async () => {
      const { store, clock, work, turns } = setUp(stage.database());
      await store.accept([one('a', 'bad'), one('a', 'good')]);
      const workers = work(async ({ items }) => ({
        outcomes: new Map(
          items.flatMap(({ id, payload, tries }): [number, Outcome][] =>
            payload === 'bad' && tries < 3 ? [[id, { kind: 'retry', why: 'not yet' }]] : [],
          ),
        ),
      }));
      await workers.idle();
      expect(turns).toEqual([['bad', 'good']]);
      expect(await store.snapshot()).toMatchObject({ later: 1, waiting: 0 });
      await store.accept([one('a', 'next')]);
      await workers.idle();
      expect(turns.at(-1)).toEqual(['next']);
      clock.forward(SECOND);
      await workers.idle();
      expect(turns.at(-1)).toEqual(['bad']);
      clock.forward(SECOND);
      await workers.idle();
      expect(turns).toHaveLength(3);
      clock.forward(SECOND);
      await workers.idle();
      await workers.stop();
      expect(turns).toHaveLength(4);
      expect(await store.snapshot()).toMatchObject({ later: 0, waiting: 0, dead: 0 });
    });

    it('finds the item that makes a whole batch fail; the others lose no try', async () => {
      const { store, clock, work, turns } = setUp(stage.database());
      await store.accept(['1', 'poison', '2'].map((text) => one('a', text)));
      const tries: unknown[] = [];
      const workers = work(async ({ items }) => {
        if (items.some(({ payload }) => payload === 'poison')) throw new Error('cannot read it');
        for (const item of items) tries.push([item.payload, item.tries]);
      });
      await workers.idle();
      expect(turns).toEqual([['1', 'poison', '2'], ['1'], ['poison'], ['2']]);
      expect(tries).toEqual([
        ['1', 1],
        ['2', 1],
      ]);
      clock.forward(MINUTE);
      await workers.idle();
      await workers.stop();
      expect(turns.at(-1)).toEqual(['poison']);
    });

    it('takes apart what came together, in its order, only as far as it goes different ways', async () => {
      const { store, clock, work, turns } = setUp(stage.database());
      const rows = () =>
        stage
          .database()
          .query('select state, many from lastgood.item where key is null order by id');
      await store.accept(['1', 'later', '2', 'dead', '3'].map((text) => one('a', text)));
      await store.accept([one('a', '4')]);
      const seen: [unknown, number][] = [];
      let left = true;
      let rowsThen: number | undefined;
      const workers = work(async ({ items }) => {
        for (const { payload, tries } of items) seen.push([payload, tries]);
        const outcomes = new Map<number, Outcome>();
        for (const { id, payload, tries } of items) {
          if (payload === 'later' && tries === 1) outcomes.set(id, { kind: 'retry', why: 'busy' });
          if (payload === 'dead') outcomes.set(id, { kind: 'dead', why: 'never' });
          if (left && (payload === '2' || payload === '3')) outcomes.set(id, { kind: 'untouched' });
        }
        rowsThen ??= (await rows()).length;
        left = false;
        return { outcomes };
      });
      await workers.idle();
      expect(turns).toEqual([
        ['1', 'later', '2', 'dead', '3', '4'],
        ['2', '3'],
      ]);
      expect(rowsThen).toBe(2);
      expect(await rows()).toEqual([
        { state: 'later', many: 1 },
        { state: 'dead', many: 1 },
      ]);
      expect((await store.deadLetters.list())[0]).toMatchObject({ payload: 'dead', why: 'never' });
      clock.forward(SECOND);
      await workers.idle();
      await workers.stop();
      expect(turns.at(-1)).toEqual(['later']);
      expect(seen.slice(-3)).toEqual([
        ['2', 1],
        ['3', 1],
        ['later', 2],
      ]);
    });

    it('gives up after the last try: told at least once, kept with its reason, replayed by id', async () => {
      const { store, clock, work, turns } = setUp(stage.database());
      await store.accept([{ ...one('a', 'bad', 7), key: 'k' }]);
      const told: DeadLetter[] = [];
      let reachable = false;
      let works = false;
      const workers = work(
        async () => {
          if (!works) throw new Error('GitHub answered nonsense\0');
        },
        {
          maxTries: 2,
          async died(letter) {
            if (!reachable) throw new Error('the pager does not answer');
            told.push(letter);
          },
        },
      );
      await workers.idle();
      clock.forward(MINUTE);
      await workers.idle();
      expect(turns).toHaveLength(2);
      const [letter] = await store.deadLetters.list();
      expect(letter).toMatchObject({ lane: 'a', payload: 'bad', tries: 2, key: 'k', priority: 7 });
      expect(letter?.why).toBe('GitHub answered nonsense');
      reachable = true;
      await expect
        .poll(() => {
          clock.forward(MINUTE);
          return told.length;
        })
        .toBe(1);

      works = true;
      expect(await store.deadLetters.replay(letter?.id ?? 0)).toBe(true);
      expect(await store.deadLetters.replay(letter?.id ?? 0)).toBe(false);
      await workers.idle();
      await workers.stop();
      expect(turns).toHaveLength(3);
      expect(await store.snapshot()).toMatchObject({ dead: 0, handled: 1 });
    });

    it('gives up an item that no process survives, without handing it out again', async () => {
      const { store, work, turns } = setUp(stage.database());
      await store.accept([one('a', 'killer'), one('a', 'good')]);
      await stage
        .database()
        .query("update lastgood.item set tries = 8, alone = true where payload like '%killer%'");
      const workers = work();
      await workers.idle();
      await workers.stop();
      expect(turns).toEqual([['good']]);
      const [letter] = await store.deadLetters.list({ lane: 'a' });
      expect(letter?.why).toMatch(/^This was handed out 8 times and never settled/);
      expect(await store.deadLetters.discard(letter?.id ?? 0)).toBe(true);
      expect(await store.deadLetters.list()).toEqual([]);
    });

    it('keeps what was settled in the middle of a turn that failed later', async () => {
      const { store, work, turns } = setUp(stage.database());
      await store.accept([one('a', 1), one('a', 2), one('a', 3)]);
      let failed = false;
      const workers = work(async ({ items, settle }) => {
        const [first] = items;
        if (failed || !first) return;
        failed = true;
        await settle({
          outcomes: new Map([[first.id, { kind: 'handled' }]]),
          changes: [{ kind: 'put', of: 'seen', key: 'last', value: valueOf(first) as number }],
        });
        throw new Error('in the middle');
      });
      await workers.idle();
      await workers.stop();
      expect(turns).toEqual([[1, 2, 3], [2], [3]]);
      expect(await store.documents.get('a', 'seen', 'last')).toBe(1);
    });
  });
}
