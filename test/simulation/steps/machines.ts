import type { StepKind } from './step.ts';

/** A replica dies at one of its next external effects, or now. */
export const crash: StepKind = {
  name: 'crash',
  weight: () => 9,
  possible: (world) => world.alive().length > 0,
  perform(world, random) {
    const replica = random.pick(world.alive());
    if (random.chance(0.2)) {
      world.kills += 1;
      replica.kill();
      return Promise.resolve(`${replica.name} is killed`);
    }
    const effects = 1 + random.below(random.pick([6, 30, 60]));
    replica.arm(effects);
    return Promise.resolve(`${replica.name} will die at its effect number ${effects} from now`);
  },
};

/** A replica that is missing is started; it may die while it starts. */
export const start: StepKind = {
  name: 'start',
  weight: (world) => (world.alive().length === 0 ? 40 : 8),
  possible: (world) => world.alive().length < world.beginning.replicas,
  async perform(world, random) {
    const fuse = random.chance(0.15) ? 1 + random.below(40) : undefined;
    const replica = await world.start(fuse);
    return `${replica.name} starts${fuse === undefined ? '' : `, and will die at its effect number ${fuse}`}`;
  },
};

/** A deployment: one after another is ended properly and replaced. */
export const deploy: StepKind = {
  name: 'deploy',
  weight: () => 2,
  possible: (world) => world.alive().length > 0,
  async perform(world, random) {
    const replica = random.pick(world.alive());
    await replica.stop();
    const next = await world.start();
    return `${replica.name} is replaced by ${next.name}`;
  },
};

/** The database is gone, with everything that was in it. */
export const loseDatabase: StepKind = {
  name: 'lose-database',
  weight: () => 2,
  async perform(world) {
    for (const replica of world.alive()) replica.kill();
    await Promise.all(world.replicas.map((one) => one.gone()));
    await world.database.empty();
    world.record.losses.push(world.next());
    const replica = await world.start();
    return `the database is lost; ${replica.name} starts on an empty one`;
  },
};
