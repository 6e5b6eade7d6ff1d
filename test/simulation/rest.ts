import type { Instant } from '../../src/time.ts';
import type { World } from './world.ts';

/** Nothing in a run takes longer than this in real time, on a busy machine either; what does hangs. */
const PATIENCE = 120_000;

/** When something falls due next, from now on: a timer, another try, the end of a pause or of a dead replica's lease. */
export async function nextDue(world: World): Promise<Instant> {
  const now = world.now();
  const [row] = await world.database.database.query<{ due: number | null }>(
    `select least(
       (select min(due_at) from lastgood.timer where due_at > $1),
       (select min(due_at) from lastgood.item where state = 'later' and due_at > $1),
       (select min(greatest(lease_until, paused_until)) from lastgood.lane
          where greatest(lease_until, paused_until) > $1
            and exists (select from lastgood.item where lane = lane.name and state in ('waiting', 'bundled')))) as due`,
    [now],
  );
  const own = [...world.time.waiting().values()]
    .filter((left) => left > 0)
    .map((left) => now + left);
  return Math.min(row?.due ?? Number.POSITIVE_INFINITY, ...own);
}

/** Waits for something that has to end. Throws when it does not. */
export async function inTime(work: Promise<unknown>, whose: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Never came to rest: ${whose}.`)), PATIENCE);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
