import type { World } from '../world.ts';

/** Something that holds in every run, whatever happens. Answers what contradicts it, in words. */
export interface Invariant {
  readonly name: string;
  /** Whenever all is quiet. */
  readonly during?: (world: World) => readonly string[];
  /** Once the world has come to rest. */
  readonly after?: (world: World) => readonly string[] | Promise<readonly string[]>;
}
