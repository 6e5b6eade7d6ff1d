import { isWatched } from '../monitors/monitor.ts';
import type { TargetPolicy } from './policy.ts';

/** The monitors of a target that nothing is done for, by what they lack. */
export interface Unwatched {
  /** A preset has them, and the policy gives them no query. */
  readonly query: readonly string[];
  /** No server of metrics is named for them. */
  readonly server: readonly string[];
}

/** Undefined when all are watched. */
export function unwatchedOf({
  monitors,
  waiting,
}: Pick<TargetPolicy, 'monitors' | 'waiting'>): Unwatched | undefined {
  const server = monitors.filter((one) => !isWatched(one)).map(({ name }) => name);
  if (waiting.length + server.length === 0) return undefined;
  return { query: waiting, server };
}
