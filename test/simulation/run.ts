import type { Contract } from '../../fixtures/hub/contract-port.ts';
import type { SharedDatabase } from '../../fixtures/process/shared-database.ts';
import { calmDown } from './calm-down.ts';
import { INVARIANTS } from './invariants/index.ts';
import { createRandom } from './random.ts';
import { STEPS } from './steps/index.ts';
import { openWorld, type World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly database: SharedDatabase;
  readonly contract?: Contract;
  /** Told of every step as it is done. */
  readonly tell?: (line: string) => void;
  /** Steps to leave out, by number, to find those that matter. */
  readonly without?: ReadonlySet<number>;
  /** Looks at the world before it is closed. */
  readonly look?: (world: World) => void;
}

/** What came of one seed. */
export interface RunResult {
  readonly seed: number;
  readonly steps: readonly string[];
  readonly violations: readonly string[];
  readonly alerts: number;
  readonly crashes: number;
  readonly merges: number;
  readonly faults: number;
  readonly calls: number;
}

/** Plays one seed: a world, some steps, peace, and then the invariants. Never throws. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, database, contract, tell = () => undefined, without, look } = options;
  const random = createRandom(seed);
  const violations: string[] = [];
  const strays = (error: unknown): void => {
    violations.push(`unhandled: ${error instanceof Error ? error.stack : String(error)}`);
  };
  process.on('unhandledRejection', strays);
  const world = await openWorld({ seed, random, database, ...(contract && { contract }) });
  const { record, hub } = world;
  try {
    const count = 8 + random.below(14);
    for (let step = 1; step <= count; step += 1) {
      const draw = random.fork(100 + step);
      if (without?.has(step)) continue;
      const kind = draw.weighted(
        STEPS.filter(({ possible }) => possible?.(world) ?? true).map(
          (one) => [one.weight(world), one] as const,
        ),
      );
      const did = await kind.perform(world, draw);
      const waits = draw.chance(0.7);
      const line = `${step}. ${did}${waits ? '' : ' (and at once)'}`;
      record.steps.push(line);
      tell(line);
      if (waits) await world.quiet();
      for (const { name, during } of INVARIANTS) {
        if (!waits) break;
        for (const found of during?.(world) ?? []) violations.push(`${name}: ${found}`);
      }
    }
    await calmDown(world, tell);
    for (const { name, after } of INVARIANTS) {
      for (const found of (await after?.(world)) ?? []) violations.push(`${name}: ${found}`);
    }
  } catch (error) {
    violations.push(`thrown: ${error instanceof Error ? error.stack : String(error)}`);
  }
  look?.(world);
  await world.close();
  process.off('unhandledRejection', strays);
  return {
    seed,
    steps: record.steps,
    violations: [...new Set(violations)],
    alerts: record.alerts.length,
    crashes: world.replicas.filter(({ diedAt }) => diedAt).length + world.kills,
    merges: record.merges.length,
    faults: world.faults,
    calls: hub.calls.length,
  };
}
