import type { World } from '../world.ts';
import type { StepKind } from './step.ts';

/** One replica compares everything with what should be. */
export async function sweep(world: World): Promise<string> {
  const replica = world.route();
  if (!replica) return 'nobody is there to sweep';
  await replica.sweep();
  return `${replica.name} sweeps`;
}

export const sweeping: StepKind = {
  name: 'sweep',
  weight: () => 5,
  possible: (world) => world.alive().length > 0,
  perform: sweep,
};
