import { HubError } from '../../../fixtures/hub/errors.ts';
import type { Pull } from '../../../fixtures/hub/state.ts';
import { observe } from '../observe.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** One kind of thing that people, the world or the machines do. */
export interface StepKind {
  readonly name: string;
  /** How likely it is beside the others. */
  readonly weight: (world: World) => number;
  /** Whether there is anything to do it to. Absent: always. */
  readonly possible?: (world: World) => boolean;
  /** Does it; answers in words what was done. Draws from `random` alone. */
  readonly perform: (world: World, random: Random) => Promise<string>;
}

/** Does what a person wants; GitHub may refuse it. The moment after it is taken down. */
export async function act(
  world: World,
  what: string,
  work: () => Promise<unknown>,
): Promise<string> {
  try {
    await work();
    return what;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return `${what} (refused: ${error.message})`;
  } finally {
    observe(world);
  }
}

export function rollbacks({ repository }: World): readonly Pull[] {
  return repository.pulls().filter(({ headRef }) => headRef.startsWith('lastgood/'));
}

export function openRollbacks(world: World): readonly Pull[] {
  return rollbacks(world).filter(({ state }) => state === 'open');
}
