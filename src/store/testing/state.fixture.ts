import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../time.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS } from '../migrations.ts';
import { nowFrom } from '../now.ts';
import { forgetOld } from '../retention.ts';
import { empty, one, setUp, type Stage } from './stage.fixture.ts';

/** What must hold for timers, documents, ticks, retention and the tables, on either database. */
export function testState(stage: Stage): void {
  describe('timers', () => {
    beforeEach(() => empty(stage.database()));

    it('come into their lane when due; replaced and cancelled by name; known to another process', async () => {
      const before = setUp(stage.database());
      const { clock } = before;
      const { timers } = before.store;
      await timers.set('a', 'recheck', clock() + MINUTE, { payload: 'old' });
      await timers.set('a', 'recheck', clock() + HOUR, { payload: { why: 'new' }, priority: 4 });
      await timers.set('a', 'timeout', clock() + MINUTE);
      await timers.set('b', 'timeout', clock() + MINUTE);
      await timers.cancel('a', 'timeout');
      expect(await timers.next()).toBe(clock() + MINUTE);
      const { work, turns, store } = setUp(stage.database(), clock);
      const seen: unknown[] = [];
      const workers = work(async ({ items }) => {
        for (const { kind, timer, lane, priority } of items)
          seen.push([kind, timer, lane, priority]);
      });
      await workers.idle();
      expect(turns).toEqual([]);
      clock.forward(MINUTE);
      await workers.idle();
      expect(seen).toEqual([['timer', 'timeout', 'b', 0]]);
      clock.forward(HOUR);
      await workers.idle();
      await workers.stop();
      expect(seen.at(-1)).toEqual(['timer', 'recheck', 'a', 4]);
      expect(turns.at(-1)).toEqual([{ why: 'new' }]);
      expect(await timers.next()).toBeUndefined();
      expect(await store.snapshot()).toMatchObject({ timers: 0, waiting: 0, handled: 0 });
    });

    it('are refused without a time', async () => {
      const { store } = setUp(stage.database());
      await expect(store.timers.set('a', 'never', Number.NaN)).rejects.toThrow('has no time: NaN');
    });
  });

  describe('documents', () => {
    beforeEach(() => empty(stage.database()));

    it('are kept by lane, kind and key', async () => {
      const { documents } = setUp(stage.database()).store;
      await documents.put('a', 'rollback', 'b2', { open: true });
      await documents.put('a', 'rollback', 'b1', [1]);
      await documents.put('a', 'rollback', 'b2', { open: false });
      await documents.put('b', 'rollback', 'b2', null);
      expect(await documents.get('a', 'rollback', 'b2')).toEqual({ open: false });
      expect(await documents.get('b', 'rollback', 'b2')).toBeNull();
      expect(await documents.get('a', 'head', 'b2')).toBeUndefined();
      await documents.delete('a', 'rollback', 'b1');
      expect(await documents.list('a', 'rollback')).toEqual([
        { key: 'b2', value: { open: false } },
      ]);
    });

    it('and timers change together with the acknowledgement', async () => {
      const { store, work, clock } = setUp(stage.database());
      await store.documents.put('a', 'evidence', 'gone', 1);
      await store.timers.set('a', 'gone', clock() + HOUR);
      await store.accept([one('a', 'x')]);
      const workers = work(async () => ({
        changes: [
          { kind: 'put', of: 'evidence', key: 'seen', value: 2 },
          { kind: 'delete', of: 'evidence', key: 'gone' },
          { kind: 'set-timer', name: 'recheck', when: clock() + HOUR },
          { kind: 'cancel-timer', name: 'gone' },
        ],
      }));
      await workers.idle();
      await workers.stop();
      expect(await store.documents.list('a', 'evidence')).toEqual([{ key: 'seen', value: 2 }]);
      expect(await store.snapshot()).toMatchObject({ timers: 1, waiting: 0 });
    });

    it('do not change when the acknowledgement fails, and then the item comes again', async () => {
      const { store, work, turns, clock } = setUp(stage.database());
      await store.accept([one('a', 'x')]);
      let wrong = true;
      const workers = work(
        async () => {
          const put = { kind: 'put', of: 'evidence', key: 'x', value: 1 } as const;
          if (!wrong) return { changes: [put] };
          wrong = false;
          return { changes: [put, { kind: 'set-timer', name: '', when: 0 }] };
        },
        { lease: SECOND },
      );
      await workers.idle();
      expect(await store.documents.list('a', 'evidence')).toEqual([]);
      clock.forward(SECOND);
      await workers.idle();
      await workers.stop();
      expect(turns).toEqual([['x'], ['x']]);
      expect(await store.documents.get('a', 'evidence', 'x')).toBe(1);
    });
  });

  describe('tick', () => {
    beforeEach(() => empty(stage.database()));

    it('is won by one caller a period, and goes on when the clock was set back', async () => {
      const { store, clock } = setUp(stage.database());
      const other = setUp(stage.database(), clock).store;
      const winners = async () => {
        const asked = [store, other, store, other].map((one) => one.tick('sweep', MINUTE));
        return (await Promise.all(asked)).filter(Boolean).length;
      };
      expect(await winners()).toBe(1);
      expect(await winners()).toBe(0);
      clock.forward(MINUTE);
      expect(await winners()).toBe(1);
      expect(await store.tick('another', MINUTE)).toBe(true);
      clock.forward(-HOUR);
      expect(await winners()).toBe(1);
    });
  });

  describe('the tables', () => {
    beforeEach(() => empty(stage.database()));

    it('stay bounded: keys of handled items and old dead letters are forgotten', async () => {
      const { store, work, clock } = setUp(stage.database());
      await store.accept(
        Array.from({ length: 1_500 }, (_, n) => ({ ...one('a', n), key: `k${n}` })),
      );
      await store.accept([{ ...one('b', 'bad'), key: 'dead' }, one('a', 'no key')]);
      const workers = work(async ({ lane, items }) =>
        lane === 'a'
          ? undefined
          : { outcomes: new Map(items.map(({ id }) => [id, { kind: 'dead', why: 'x' }])) },
      );
      await workers.idle();
      await workers.stop();
      expect(await store.snapshot()).toMatchObject({ handled: 1_500, dead: 1, waiting: 0 });
      const forget = () => forgetOld(stage.database(), nowFrom(clock), {});
      clock.forward(6 * DAY);
      expect(await forget()).toBe(0);
      clock.forward(DAY);
      expect(await forget()).toBe(1_500);
      clock.forward(83 * DAY);
      expect(await forget()).toBe(1);
      await stage.database().vacuum('lastgood.item');
    });

    it('of a newer program are refused', async () => {
      const newer = migrate(stage.database(), []);
      await expect(newer).rejects.toThrow(
        `The database has version ${MIGRATIONS.length} of the tables, and this program knows 0: a newer Lastgood has used it.`,
      );
    });

    it('are left as they were when a step fails', async () => {
      const database = stage.database();
      const steps = [...MIGRATIONS, ['create table lastgood.half (a int)', 'select broken']];
      await expect(migrate(database, steps)).rejects.toThrow('broken');
      expect(await database.query("select 1 from pg_tables where tablename = 'half'")).toEqual([]);
      expect(await database.query('select version from lastgood.migration')).toHaveLength(
        MIGRATIONS.length,
      );
    });

    it('tell how old the queue is', async () => {
      const { store, clock } = setUp(stage.database());
      await store.accept([one('a', 1)]);
      clock.forward(90 * SECOND);
      await store.accept([one('a', 2)]);
      expect((await store.snapshot()).oldestAge).toBe(90 * SECOND);
    });

    it('spoilt by a failed statement, a transaction does not commit', async () => {
      const database = stage.database();
      const spoilt = database.transaction(async (tx) => {
        await tx.query("insert into lastgood.tick values ('x', 1)");
        await tx.query('select broken').catch(() => undefined);
      });
      await expect(spoilt).rejects.toThrow('broken');
      expect(await database.query('select * from lastgood.tick')).toEqual([]);
    });
  });
}
