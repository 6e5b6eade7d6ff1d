import type { Clock } from '../time.ts';

/**
 * What time it is, in SQL, from the parameter `$1`. Null means the database's own clock, so that replicas need not
 * agree about the time; a test or a simulation gives its clock's.
 */
export const NOW = `coalesce($1::float8, extract(epoch from clock_timestamp())::float8 * 1000)`;

/** The parameter that goes with {@link NOW}. */
export type NowParameter = () => number | null;

export function nowFrom(clock: Clock | undefined): NowParameter {
  return () => clock?.() ?? null;
}
