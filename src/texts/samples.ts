import type { SampleProblem } from '../samples/sample-problem.ts';
import { count } from './names.ts';

/** So many lines on what was left out go with an answer; one mistake of a sender is in every sample. */
const MOST_LINES = 20;

export const NO_SAMPLES = 'The delivery has no samples in it; nothing to do.';

/** Samples of one series that were stored. */
export function samplesTaken(repository: string, target: string, series: string, some: number) {
  return `${count(some, 'sample')} taken for ${repository}: ${JSON.stringify(series)} of ${target}`;
}

/** One field that spoils the whole delivery. */
export function deliveryRefused(problem: SampleProblem): string {
  return `The delivery was not understood: ${said(problem)} Nothing of it was taken.`;
}

/** What was left out, one line for each problem. */
export function leftOutLines(problems: readonly SampleProblem[]): readonly string[] {
  const lines = problems.slice(0, MOST_LINES).map((one) => `not taken: ${said(one)}`);
  const more = problems.length - lines.length;
  if (more <= 0) return lines;
  return [...lines, `${more} more were not taken for reasons like these.`];
}

function said({ field, value, expected, suggestion }: SampleProblem): string {
  return `${field} is ${value}, expected ${expected}; ${suggestion}.`;
}
