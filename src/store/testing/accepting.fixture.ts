import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { NotStorable } from '../errors.ts';
import { empty, one, setUp, type Stage } from './stage.fixture.ts';

/** What must hold for taking items in, on either database. */
export function testAccepting(stage: Stage): void {
  describe('accept', () => {
    beforeEach(() => empty(stage.database()));

    it('stores what it acknowledges', async () => {
      const { store } = setUp(stage.database());
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => store.accept([one(`lane ${n % 3}`, n)])),
      );
      expect(await store.snapshot()).toMatchObject({ waiting: 50, dead: 0 });
    });

    it('takes a key once, also when it was handled meanwhile (reality 17)', async () => {
      const { store, work, turns } = setUp(stage.database());
      const delivery = { ...one('acme/models', 'push'), key: 'guid-1' };
      await Promise.all([store.accept([delivery]), store.accept([delivery])]);
      const workers = work();
      await workers.idle();
      await store.accept([delivery]);
      await store.accept([{ ...delivery, lane: 'acme/other' }]);
      await workers.idle();
      await workers.stop();
      expect(turns).toEqual([['push'], ['push']]);
      expect(await store.snapshot()).toMatchObject({ waiting: 0, handled: 2 });
    });

    it('takes a key once, whatever came together with it', async () => {
      const { store, work, turns } = setUp(stage.database());
      const delivery = (n: number) => ({ ...one('a', n), key: `guid-${n}` });
      await store.accept([delivery(1), delivery(2), delivery(1)]);
      await store.accept([delivery(2), delivery(3)]);
      await store.accept([delivery(3)]);
      const workers = work();
      await workers.idle();
      expect(turns).toEqual([[1, 2, 3]]);
      await store.accept([delivery(1)]);
      await store.accept([delivery(3), delivery(2)]);
      await workers.idle();
      await workers.stop();
      expect(turns).toHaveLength(1);
      expect(await store.snapshot()).toMatchObject({ waiting: 0, handled: 3 });
    });

    it.each([
      ['too large', { payload: 'x'.repeat(1_048_577) }, /1048579 bytes as JSON; at most 1048576/],
      ['without JSON', { payload: undefined as never }, /no form in JSON/],
      ['with no lane', { lane: '' }, /lane of an item must be 1 to 800 bytes/],
      ['with NUL in its key', { key: 'a\0b' }, /key of an item .*NUL/],
      ['with half a character', { lane: '\ud800' }, /lane of an item/],
      ['with a priority that is none', { priority: 1.5 }, /whole number from -100 to 100/],
    ])('stores nothing of a delivery with an item %s', async (_, wrong, message) => {
      const { store } = setUp(stage.database());
      const items = [one('lane', 'good'), { ...one('lane', 'bad'), ...wrong }];
      const refused = await store.accept(items).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(NotStorable);
      expect((refused as Error).message).toMatch(message);
      expect((await store.snapshot()).waiting).toBe(0);
    });

    it('gives back what it was given, whatever that is', async () => {
      const { store, work } = setUp(stage.database());
      const hostile = [
        '\0',
        '\ud800',
        'a"b\\c{},NULL',
        "'; drop table lastgood.item; --",
        '\u2028',
        -0.5,
        null,
        { __proto__: 1 },
      ];
      const random = fc.sample(fc.jsonValue(), { numRuns: 200, seed: 7 });
      const sent = [...hostile, ...random].map(
        (value) => JSON.parse(JSON.stringify(value)) as never,
      );
      await store.accept(sent.map((payload) => ({ lane: 'l"{,\\}', kind: 'k"\'', payload })));
      const got: unknown[] = [];
      const workers = work(async ({ items }) => {
        got.push(...items.map(({ payload }) => payload));
      });
      await workers.idle();
      await workers.stop();
      expect(got).toEqual(sent);
    });

    it('writes what arrives together in one go: many times the deliveries of one INSERT each', async () => {
      const { store } = setUp(stage.database());
      const time = async (run: () => Promise<unknown>): Promise<number> => {
        const start = performance.now();
        await run();
        return performance.now() - start;
      };
      const deliveries = Array.from({ length: 640 }, (_, n) => [
        one(`lane ${n % 20}`, 'x'.repeat(300)),
      ]);
      const single = await time(async () => {
        for (const one of deliveries.slice(0, 160)) await store.accept(one);
      });
      const grouped = await time(() => Promise.all(deliveries.map((one) => store.accept(one))));
      expect((await store.snapshot()).waiting).toBe(800);
      expect((single * 4) / grouped).toBeGreaterThan(2);
    });
  });
}
