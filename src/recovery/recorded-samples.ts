import type { Samples } from '../journal/samples.ts';
import type { VerifyMetric, VerifyPolicy } from '../policy/policy.ts';
import type { Recovery } from './recovery.ts';
import { baselineFor } from './sign-of-reading.ts';

/** What was measured since the last entry, as an entry carries it; with the bound that the policy holds it to. */
export function samplesOf(recovery: Recovery, { metrics }: VerifyPolicy): readonly Samples[] {
  return (recovery.recorded ?? []).flatMap(({ name, points }) => {
    const metric = metrics.find((one) => one.name === name);
    if (points.length === 0 || !metric) return [];
    const bound = boundOf(metric, baselineFor(metric, recovery));
    return {
      name,
      points: points.map(([at, value]) => ({ at, value })),
      ...(bound && { bound }),
    };
  });
}

/** Where it would be ill; on both sides of the baseline there is not one such value, so the baseline itself is told. */
function boundOf(
  { tolerance, worse }: VerifyMetric,
  baseline: number | undefined,
): Samples['bound'] | undefined {
  if (baseline === undefined) return undefined;
  if (worse === 'any') return { value: baseline, label: 'baseline' };
  const side = worse === 'higher' ? 1 : -1;
  return { value: baseline + side * tolerance * Math.abs(baseline), label: 'tolerance' };
}
