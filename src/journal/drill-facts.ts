import { z } from 'zod';
import { DRILL_PHASES, type DrillRecord } from '../drill/drill.ts';
import { flatten } from '../texts/escape.ts';
import type { Json } from '../store/item.ts';
import { SECOND } from '../time.ts';

/** A drill as the journal keeps it. Times that phases took are in seconds. */
export function drillFacts(drill: DrillRecord): { readonly [key: string]: Json } {
  const { target, startedAt, endedAt, outcome, by, results, pull, givenUp } = drill;
  return {
    target,
    started: new Date(startedAt).toISOString(),
    ended: new Date(endedAt).toISOString(),
    outcome,
    ...(pull !== undefined && { pull }),
    ...(givenUp !== undefined && { givenUp }),
    ...(by && { by: { login: by.login, id: by.id }, said: by.said }),
    phases: results.map((one) => ({
      phase: one.phase,
      outcome: one.outcome,
      took: one.took / SECOND,
      finding: flatten(one.finding, 400),
    })),
  };
}

const GIVEN_UP = [
  'rollback-open',
  'hold',
  'freeze',
  'state-unreadable',
  'storm',
  'policy',
  'closed-by-person',
  'merged-by-person',
  'pushed-to',
  'forgotten',
] as const satisfies readonly DrillRecord['givenUp'][];

const facts = z.object({
  target: z.string(),
  started: z.iso.datetime(),
  ended: z.iso.datetime(),
  outcome: z.enum(['passed', 'failed', 'given-up']),
  pull: z.number().optional().catch(undefined),
  givenUp: z.enum(GIVEN_UP).optional().catch(undefined),
  phases: z.array(
    z.object({
      phase: z.enum(DRILL_PHASES),
      outcome: z.enum(['passed', 'failed', 'skipped']),
      took: z.number().min(0),
      finding: z.string(),
    }),
  ),
});

/** A drill as it is read back; undefined for what has another form. Never throws. */
export function readDrillFacts(from: unknown): DrillRecord | undefined {
  const parsed = facts.safeParse(from);
  if (!parsed.success) return undefined;
  const { target, started, ended, outcome, pull, givenUp, phases } = parsed.data;
  return {
    target,
    startedAt: Date.parse(started),
    endedAt: Date.parse(ended),
    outcome,
    ...(pull !== undefined && { pull }),
    ...(givenUp !== undefined && { givenUp }),
    results: phases.map(({ took, ...rest }) => ({ ...rest, took: took * SECOND })),
  };
}
