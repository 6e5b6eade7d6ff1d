import { HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { sweep } from './steps/sweep.ts';
import type { World } from './world.ts';

/**
 * Lets the world come to rest: nothing fails any more, what was held back arrives, somebody runs, time passes, and
 * sweeps look for what got lost.
 */
export async function calmDown(world: World, tell: (line: string) => void): Promise<void> {
  const { hub, repository } = world;
  hub.faults.clear();
  world.gitFailures = 0;
  repository.settings.mergeabilityReads = 0;
  repository.settings.mergeWhileUnknown = 'compute';
  for (const replica of world.replicas) replica.arm(Number.POSITIVE_INFINITY);
  hub.releaseDeliveries('same');
  if (world.alive().length === 0) await world.start();
  tell('The world calms down.');
  await world.quiet();
  await world.pass(15 * SECOND);
  await sweep(world);
  await world.quiet();
  await world.pass(12 * MINUTE);
  await sweep(world);
  await world.quiet();
  await world.pass(HOUR);
  await sweep(world);
  await world.quiet();
  world.callsWhenCalm = hub.calls.length;
  world.dueWhenCalm = await world.pass(3 * HOUR);
}
