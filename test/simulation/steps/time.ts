import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time.ts';
import type { StepKind } from './step.ts';

/** Time passes, and what falls due on the way is done when it does. */
export const pass: StepKind = {
  name: 'pass',
  weight: () => 10,
  async perform(world, random) {
    const [name, length] = random.pick([
      ['5 s', 5 * SECOND],
      ['1 min', MINUTE],
      ['10 min', 10 * MINUTE],
      ['1 h', HOUR],
      ['1 d', DAY],
    ] as const);
    await world.pass(length);
    return `${name} pass`;
  },
};

/** The clock jumps, forward by minutes or back by seconds. */
export const jump: StepKind = {
  name: 'jump',
  weight: () => 3,
  perform(world, random) {
    const [name, length] = random.pick([
      ['3 s back', -3 * SECOND],
      ['1 s back', -SECOND],
      ['20 s forward', 20 * SECOND],
      ['20 min forward', 20 * MINUTE],
    ] as const);
    world.time.advance(length);
    return Promise.resolve(`the clock jumps ${name}`);
  },
};
