/**
 * A process of its own on a store, for tests that kill it. Writes a line for what was acknowledged and what was
 * handled as soon as that is so: `accepted <key>`, `begun <lane>`, `handled <lane> <key>`, `ended <lane>`, `idle`.
 *
 * Called as `node process.fixture.ts <folder or address> <accept, work or both> <name> <lease>`.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../open-database.ts';
import { createStore } from '../store.ts';

const [, , place = '', what = 'both', name = '', lease = ''] = process.argv;
const say = (line: string): void => {
  writeSync(1, `${line} ${Math.round(performance.timeOrigin + performance.now())}\n`);
};

const database = await openDatabase(
  place.startsWith('postgres://') ? { url: place } : { folder: place, reserve: 0 },
);
const store = createStore({ database, random: Math.random });

/** Each client numbers what it sends to its lane, and sends the next when the last one is acknowledged. */
async function send(client: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const lane = `lane-${client % 5}`;
    const key = `${name}.${client}.${n}`;
    const items = ['a', 'b'].map((part) => ({
      lane,
      kind: 'test',
      key: `${key}${part}`,
      payload: n,
    }));
    await store.accept(items);
    for (const item of items) say(`accepted ${item.lane} ${item.key}`);
    // In bursts: without a pause ten times as much is taken as is worked on, in turns as small as these.
    if (n % 4 === 3) await sleep(50);
  }
}

if (what !== 'work') for (let client = 0; client < 10; client += 1) void send(client);
if (what !== 'accept') {
  const workers = store.work({
    poll: 20,
    lease: Number(lease),
    batch: { items: 10 },
    async handle({ lane, items, signal }) {
      say(`begun ${lane}`);
      for (const { key } of items) {
        // Another process may have the lane by now.
        if (signal.aborted) throw signal.reason;
        say(`handled ${lane} ${key ?? ''}`);
      }
      await sleep(1);
      say(`ended ${lane}`);
    },
  });
  for (;;) {
    await workers.idle();
    say('idle');
    await sleep(50);
  }
}
