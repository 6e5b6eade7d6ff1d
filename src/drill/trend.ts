import type { Milliseconds } from '../time.ts';
import { DRILL_PHASES, type DrillPhase, type DrillRecord } from './drill.ts';

/** How the last drills of a target went, the one that ended last included. */
export interface Trend {
  readonly drills: number;
  readonly passed: number;
  /** How many of the last ones in a row came to the same as the last one. */
  readonly inARow: number;
  /** How long the last one took, and what was usual before it; `usual` is absent for a first one. */
  readonly took: Duration;
  readonly phases: readonly (Duration & { readonly phase: DrillPhase })[];
}

interface Duration {
  readonly took: Milliseconds;
  /** The median of the earlier ones. */
  readonly usual?: Milliseconds;
}

/**
 * The trend of drills that came to an end by themselves, oldest first; undefined without any. What a phase took is
 * compared with earlier times that it passed only: one that fails at once is not fast. Pure.
 */
export function trendOf(past: readonly DrillRecord[]): Trend | undefined {
  const all = past.filter(({ outcome }) => outcome !== 'given-up');
  const last = all.at(-1);
  if (!last) return undefined;
  const before = all.slice(0, -1);
  const differs = all.findLastIndex(({ outcome }) => outcome !== last.outcome);
  const phases = DRILL_PHASES.flatMap((phase) => {
    const own = last.results.find((one) => one.phase === phase && one.outcome === 'passed');
    if (!own) return [];
    const earlier = before.flatMap(({ results }) =>
      results.flatMap((one) => (one.phase === phase && one.outcome === 'passed' ? [one.took] : [])),
    );
    return [{ phase, ...duration(own.took, earlier) }];
  });
  const whole = ({ startedAt, endedAt }: DrillRecord): Milliseconds => endedAt - startedAt;
  const passed = before.filter(({ outcome }) => outcome === 'passed');
  return {
    drills: all.length,
    passed: all.filter(({ outcome }) => outcome === 'passed').length,
    inARow: all.length - 1 - differs,
    took: duration(whole(last), passed.map(whole)),
    phases,
  };
}

function duration(took: Milliseconds, earlier: readonly Milliseconds[]): Duration {
  const usual = median(earlier);
  return { took, ...(usual !== undefined && { usual }) };
}

function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
