import { z } from 'zod';
import type { TargetPolicy } from '../../policy/policy.ts';
import { DAY, formatDuration } from '../../time.ts';
import { MARGIN, type Say, type SeenRollback } from './seen.ts';

/** As much of a record as the demand of a policy is about. */
const recordSchema = z.object({
  target: z.string(),
  policy: z.string(),
  data: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  result: z.object({
    incidents: z.number(),
    found: z.number(),
    falseRollbacks: z.number(),
    freeDays: z.number(),
  }),
});

/**
 * Whether the backtest that the policy demands before anything merges by itself stood beside it, and showed enough.
 * Derived anew from the record's figures.
 */
export function checkBacktest(
  { record: { target }, at }: SeenRollback,
  { backtest }: TargetPolicy,
  say: Say,
): void {
  if (!backtest) return;
  const wrong = (why: string): void =>
    say('not-allowed', `it merged by itself, and the policy demands a passed backtest: ${why}.`);
  if (backtest.record === undefined) return wrong('there was no record of one');
  const read = recordSchema.safeParse(parse(backtest.record));
  if (!read.success) return wrong('its record cannot be read');
  const { data, result, policy, target: about } = read.data;
  if (about !== target) return wrong(`its record is about ${about}`);
  if (policy !== backtest.digest) return wrong('its record is about another policy');
  const [from, to] = [Date.parse(data.from), Date.parse(data.to)];
  if (to - from < backtest.span) return wrong(`it replayed ${formatDuration(to - from)} only`);
  if (at - to > backtest.maxAge + MARGIN || to > at + MARGIN) {
    return wrong(`what it replayed ended at ${data.to}`);
  }
  const { falseRollbacks, freeDays, incidents, found } = result;
  if (falseRollbacks * 30 > backtest.falseRollbacks * Math.min(freeDays, (to - from) / DAY)) {
    return wrong(`it found ${falseRollbacks} false rollbacks in ${freeDays} days`);
  }
  if (found < backtest.found * incidents || (incidents === 0 && backtest.found > 0)) {
    return wrong(`it found ${found} of ${incidents} incidents`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
