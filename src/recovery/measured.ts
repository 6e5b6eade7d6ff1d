import { z } from 'zod';
import type { Span } from '../monitors/series.ts';
import type { ServedPolicy, VerifyPolicy } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import type { Instant, Milliseconds } from '../time.ts';
import { withRecorded } from './recorded.ts';
import type { Recovery } from './recovery.ts';

/** What metric servers are asked about one merged rollback, as plain data: nothing in it is looked up later. */
export interface Questions {
  /** The incident's branch. */
  readonly branch: string;
  /** The merge commit. */
  readonly commit: Oid;
  readonly at: Instant;
  /** What was before counts neither way. */
  readonly from: Instant;
  readonly metrics: readonly MetricQuestion[];
  /** Its query or path is filled in. */
  readonly served?: ServedPolicy;
}

export interface MetricQuestion {
  readonly name: string;
  readonly server: string;
  readonly query: string;
  /** Absent while anything that the query looks at is from before the roll-out. */
  readonly span?: Span;
  readonly step: Milliseconds;
  /** What it was while the good release ran; absent where that is known, or a number of the policy. */
  readonly baseline?: { readonly query: string; readonly span: Span; readonly step: Milliseconds };
  /** What it was before the merge, for the record; absent where that is recorded, or another query would say it. */
  readonly before?: { readonly query: string; readonly span: Span; readonly step: Milliseconds };
}

const answered = {
  /** Why there is no answer, as the end of a sentence. */
  problem: z.string().exactOptional(),
};

/** What came of the questions. Bounded, whatever the servers answered. */
export const answersSchema = z.object({
  branch: z.string(),
  commit: z.string(),
  at: z.number(),
  from: z.number(),
  metrics: z.array(
    z.object({
      ...answered,
      name: z.string(),
      /** How many series the query found. */
      series: z.number(),
      /** The mean of what was measured; absent when nothing was. */
      value: z.number().exactOptional(),
      /** What was measured: a time and a value each. */
      points: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
      baseline: z.object({ query: z.string(), value: z.number() }).exactOptional(),
    }),
  ),
  served: z.object({ ...answered, versions: z.array(z.string()) }).exactOptional(),
});
export type Answers = z.infer<typeof answersSchema>;

/** What is known by the last answers. */
export interface Measured {
  readonly metrics: readonly MetricReading[];
  readonly served?: ServedReading;
}

interface Reading {
  /** When it was last answered; absent: never. */
  readonly at?: Instant;
  /** Since when there has been no answer, and why; absent while there is one. */
  readonly failing?: { readonly since: Instant; readonly why: string };
}

export interface MetricReading extends Reading {
  readonly name: string;
  /** What was measured before did not count for it. */
  readonly from: Instant;
  readonly series: number;
  readonly value?: number;
}

export interface ServedReading extends Reading {
  readonly versions: readonly string[];
}

/** Whether there is anything to ask metric servers about. */
export function isMeasured({ metrics, served }: VerifyPolicy): boolean {
  return metrics.length > 0 || served !== undefined;
}

/** How often they are asked. A relapse has to last before it counts, so that a watch may take its time. */
export function paceOf({ every, sustain }: VerifyPolicy, phase: Recovery['phase']): Milliseconds {
  return phase === 'watching' ? Math.max(every, sustain / 2) : every;
}

/** When metric servers are to be asked next. */
export function askAt({ askedAt, phase }: Recovery, policy: VerifyPolicy): Instant {
  return askedAt === undefined ? 0 : askedAt + paceOf(policy, phase);
}

/** A reading that was missed twice still counts, so that one answer that got lost breaks nothing. */
export function isFresh(
  { at }: Reading,
  policy: VerifyPolicy,
  phase: Recovery['phase'],
  now: Instant,
): boolean {
  return at !== undefined && now - at <= 3 * paceOf(policy, phase);
}

/** The recovery with what came of asking. What is about another merge, or older than what is known, changes nothing. */
export function withAnswers(recovery: Recovery, answers: Answers): Recovery {
  if (answers.commit !== recovery.commit) return recovery;
  const before = recovery.measured;
  const { at, from } = answers;
  const metrics = answers.metrics.map(({ name, series, value, problem }): MetricReading => {
    const known = before?.metrics.find((one) => one.name === name);
    if (problem !== undefined) {
      const failing = { since: known?.failing?.since ?? at, why: problem };
      return { name, from, series: 0, ...known, failing };
    }
    return { name, at, from, series, ...(value !== undefined && { value }) };
  });
  const baselines = answers.metrics.flatMap(({ baseline }) => baseline ?? []);
  const served = answers.served && servedReading(before?.served, answers.served, at);
  return {
    ...recovery,
    measured: { metrics, ...(served && { served }) },
    recorded: withRecorded(recovery.recorded ?? [], answers),
    ...(baselines.length > 0 && {
      baselines: {
        ...recovery.baselines,
        ...Object.fromEntries(baselines.map(({ query, value }) => [query, value])),
      },
    }),
  };
}

function servedReading(
  before: ServedReading | undefined,
  { problem, versions }: NonNullable<Answers['served']>,
  at: Instant,
): ServedReading {
  if (problem === undefined) return { at, versions };
  return {
    versions: [],
    ...before,
    failing: { since: before?.failing?.since ?? at, why: problem },
  };
}
