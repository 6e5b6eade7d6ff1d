import type { Registry } from 'prom-client';
import type { Snapshot } from '../store/snapshot.ts';
import { SECOND } from '../time.ts';
import { addGauge } from './add-gauge.ts';

/** What of the store is asked for at each scrape. */
export interface QueueSource {
  /** May throw while the database is gone. */
  snapshot(): Promise<Snapshot>;
  /** Whether something new can be stored. */
  isUsable(): Promise<boolean>;
}

/** Adds what the store holds. Replicas on one database all tell the same. */
export function addQueue(registry: Registry, source: QueueSource): void {
  // The gauges of one scrape share one question.
  let asked: Promise<Snapshot | undefined> | undefined;
  const ask = (): Promise<Snapshot | undefined> =>
    (asked ??= source
      .snapshot()
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      }));
  const add = (name: string, help: string, value: (now: Snapshot) => number): void =>
    addGauge(registry, name, help, async () => {
      const now = await ask();
      return now && value(now);
    });
  addGauge(
    registry,
    'lastgood_database_up',
    'Whether the database stores what arrives: 1, or 0, and then nothing is taken.',
    async () => ((await source.isUsable()) ? 1 : 0),
  );
  add('lastgood_inbox_waiting', 'Accepted items to be handled now.', ({ waiting }) => waiting);
  add('lastgood_inbox_later', 'Items that failed and wait for another try.', ({ later }) => later);
  add('lastgood_inbox_dead', 'Items given up, which wait for a person.', ({ dead }) => dead);
  add(
    'lastgood_inbox_oldest_seconds',
    'How long the oldest item to be handled now has been waiting.',
    ({ oldestAge }) => oldestAge / SECOND,
  );
  add('lastgood_lanes_working', 'Repositories being worked on.', ({ working }) => working);
  add('lastgood_lanes_paused', 'Repositories that rest with work left.', ({ paused }) => paused);
  add('lastgood_timers', 'What is set for later.', ({ timers }) => timers);
}
