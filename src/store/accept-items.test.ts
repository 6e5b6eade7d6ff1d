import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAccept } from './accept-items.ts';
import { unpackRow } from './bundle.ts';
import type { Database, Parameter } from './database.ts';
import { StoreUnavailable } from './errors.ts';
import { one } from './testing/stage.fixture.ts';

/** A database that answers when told to, and refuses what its test says. */
function createDouble(
  refuses: (payloads: readonly Parameter[]) => Error | undefined = () => undefined,
) {
  const inserts: (readonly Parameter[])[] = [];
  const answers: (() => void)[] = [];
  const database: Database = {
    kind: 'embedded',
    assertRoom: () => undefined,
    async query(_, parameters = []) {
      const payloads = payloadsOf(parameters);
      inserts.push(payloads);
      await new Promise<void>((resolve) => answers.push(resolve));
      const error = refuses(payloads);
      if (error) throw error;
      return [];
    },
    transaction: () => Promise.reject(new Error('not asked for')),
    vacuum: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  let stored = 0;
  const accept = createAccept({
    database,
    now: () => 0,
    payloadLimit: 40_000_000,
    stored: () => (stored += 1),
  });
  const answerAll = async (): Promise<void> => {
    await turnOfTheLoop();
    while (answers.length > 0) {
      answers.shift()?.();
      await turnOfTheLoop();
      await turnOfTheLoop();
    }
  };
  return { accept, inserts, answerAll, stored: () => stored };
}

/** What an INSERT holds, item by item. */
function payloadsOf(parameters: readonly Parameter[]): readonly Parameter[] {
  const payloads = [parameters[5]].flat() as readonly string[];
  const many = [parameters[6]].flat() as readonly number[];
  return payloads.flatMap((payload, i) =>
    many[i] === 1 ? [payload] : unpackRow(payload).map(([, , , one]) => JSON.stringify(one)),
  );
}

describe('group commit', () => {
  it('writes what came in one turn of the loop, and together what came while that was written', async () => {
    const { accept, inserts, answerAll, stored } = createDouble();
    const take = (n: number): Promise<void> => accept([one('a', n), one('a', -n)]);
    const first = [1, 2].map(take);
    await turnOfTheLoop();
    expect(inserts).toEqual([['1', '-1', '2', '-2']]);
    const later = [3, 4].map(take);
    await answerAll();
    await Promise.all([...first, ...later]);
    expect(inserts).toEqual([
      ['1', '-1', '2', '-2'],
      ['3', '-3', '4', '-4'],
    ]);
    expect(stored()).toBe(2);
  });

  it('keeps groups bounded, and a delivery whole', async () => {
    const { accept, inserts, answerAll } = createDouble();
    const delivery = Array.from({ length: 600 }, (_, n) => one('a', n));
    const all = Promise.all([1, 2, 3].map(() => accept(delivery)));
    await answerAll();
    await all;
    expect(inserts.map(({ length }) => length)).toEqual([600, 600, 600]);
  });

  it('refuses only the delivery that the database refuses', async () => {
    const refused = new Error('invalid');
    const { accept, answerAll } = createDouble((payloads) =>
      payloads.includes('3') ? refused : undefined,
    );
    const all = Promise.allSettled([1, 2, 3, 4].map((n) => accept([one('a', n)])));
    await answerAll();
    const answers = await all;
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(answers[2]).toMatchObject({ reason: refused });
  });

  it('refuses the whole group at once when the database is unavailable, and asks again for the next', async () => {
    let gone = true;
    const { accept, inserts, answerAll } = createDouble(() =>
      gone ? new StoreUnavailable('gone') : undefined,
    );
    const take = (n: number): Promise<void> => accept([one('a', n)]);
    const first = take(1);
    first.catch(() => undefined);
    await turnOfTheLoop();
    const all = Promise.allSettled([first, take(2), take(3)]);
    await answerAll();
    for (const answer of await all) {
      expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    }
    expect(inserts).toHaveLength(2);
    gone = false;
    const next = accept([one('a', 4)]);
    await answerAll();
    await next;
  });

  it('refuses what would wait without bound', async () => {
    const { accept, answerAll } = createDouble();
    const large = 'x'.repeat(30_000_000);
    const all = Promise.all([accept([one('a', large)]), accept([one('a', large)])]);
    await expect(accept([one('a', large)])).rejects.toThrow(StoreUnavailable);
    await answerAll();
    await all;
    const next = accept([one('a', large)]);
    await answerAll();
    await next;
  });

  it('has nothing to do for a delivery without items', async () => {
    const { accept, inserts } = createDouble();
    await accept([]);
    expect(inserts).toEqual([]);
  });
});
