import { createRandom as createMulberry, pick } from '../../bench/random.ts';

/** Everything that is drawn in a run, from one seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** One of the names, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
  /** A source of its own for one purpose: what is drawn there changes nothing here. */
  fork(purpose: number): Random;
}

const FINE = 2 ** 30;

export function createRandom(seed: number): Random {
  const source = createMulberry(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
  const next = (): number => source.below(FINE) / FINE;
  return {
    next,
    below: (limit) => source.below(limit),
    chance: (probability) => next() < probability,
    pick: (values) => pick(values, source),
    weighted(choices) {
      const total = choices.reduce((sum, [weight]) => sum + weight, 0);
      let left = next() * total;
      for (const [weight, value] of choices) {
        left -= weight;
        if (left < 0) return value;
      }
      return pick(choices, source)[1];
    },
    fork: (purpose) => createRandom(Math.imul(seed + 1, 0x85ebca6b) + purpose * 7919),
  };
}
