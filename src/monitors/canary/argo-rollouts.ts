/**
 * How Argo Rollouts counts measurements (argoproj/argo-rollouts 9f8d111d, analysis/analysis.go and
 * utils/evaluate/evaluate.go), so that a team can move an AnalysisTemplate over as it is.
 *
 * Its page on analysis says that `failureLimit: 3` fails after three failed measurements; the code needs a fourth, and
 * so does this.
 */
export const PHASES = [
  'successful',
  'running',
  'pending',
  'inconclusive',
  'error',
  'failed',
] as const;
/** From best to worst. */
export type Phase = (typeof PHASES)[number];

/** What the conditions of a metric said of one measurement; undefined for a condition that is not set. */
export interface Conditions {
  readonly success?: boolean;
  readonly failure?: boolean;
  /** A condition that could not be evaluated. */
  readonly error?: boolean;
}

export type MeasuredPhase = 'successful' | 'inconclusive' | 'error' | 'failed';

export function phaseOfMeasurement({ success, failure, error }: Conditions): MeasuredPhase {
  if (error === true) return 'error';
  if (failure === true) return 'failed';
  if (success === undefined) return 'successful';
  if (success) return 'successful';
  return failure === undefined ? 'failed' : 'inconclusive';
}

/** How many measurements of each phase there were, and how many of it in a row. */
export interface Counts {
  readonly count: number;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
  readonly consecutiveSuccess: number;
  readonly consecutiveError: number;
}

export const NO_COUNTS: Counts = {
  count: 0,
  successful: 0,
  failed: 0,
  inconclusive: 0,
  error: 0,
  consecutiveSuccess: 0,
  consecutiveError: 0,
};

/** Counts one more measurement. One that ended in an error is taken again and does not count as taken. */
export function countMeasurement(counts: Counts, phase: MeasuredPhase): Counts {
  const failedToTell = phase === 'error';
  return {
    ...counts,
    [phase]: counts[phase] + 1,
    count: counts.count + (failedToTell ? 0 : 1),
    consecutiveSuccess: phase === 'successful' ? counts.consecutiveSuccess + 1 : 0,
    consecutiveError: failedToTell ? counts.consecutiveError + 1 : 0,
  };
}

/** A metric's limits. A failure or inconclusive limit of -1 is none; a consecutive success limit of 0 is none. */
export interface Limits {
  readonly failureLimit?: number;
  readonly inconclusiveLimit?: number;
  readonly consecutiveErrorLimit?: number;
  readonly consecutiveSuccessLimit?: number;
  /** So many measurements are taken: by default one, and with an interval no end of them. */
  readonly count?: number;
  readonly repeated?: boolean;
}

/** Where a metric stands after these measurements; `terminating` ends it now. */
export function assessMetric(counts: Counts, limits: Limits, terminating = false): Phase {
  const { failureLimit = 0, inconclusiveLimit = 0, consecutiveErrorLimit = 4 } = limits;
  const successLimit = limits.consecutiveSuccessLimit ?? 0;
  let bad: Phase | undefined;
  if (failureLimit !== -1 && counts.failed > failureLimit) bad = 'failed';
  if (inconclusiveLimit !== -1 && counts.inconclusive > inconclusiveLimit) bad = 'inconclusive';
  if (counts.consecutiveError > consecutiveErrorLimit) bad = 'error';
  if (bad) return bad;
  if (successLimit > 0 && counts.consecutiveSuccess >= successLimit) return 'successful';

  const wanted = limits.count ?? (limits.repeated === true ? undefined : 1);
  if (wanted !== undefined && counts.count >= wanted) {
    if (successLimit === 0) return 'successful';
    return failureLimit === -1 ? 'failed' : 'inconclusive';
  }
  return terminating ? 'successful' : 'running';
}

/** The phase of a run: that of its worst metric. */
export function worstPhase(phases: readonly Phase[]): Phase {
  return phases.reduce<Phase>(
    (worst, phase) => (PHASES.indexOf(phase) > PHASES.indexOf(worst) ? phase : worst),
    'successful',
  );
}
