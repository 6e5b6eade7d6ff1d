import type { JudgeKind, Judgement } from '../monitors/judgement.ts';
import type { Step } from '../monitors/follow.ts';
import { formatDuration, type Instant } from '../time.ts';
import { flatten } from './escape.ts';
import { count } from './names.ts';

/** What a judge found, for a person who has to believe it: what was measured, against what, from how much. */
export function judgementSentence(judgement: Judgement, metric: string): string {
  const name = flatten(metric);
  const { evidence, reason, judge } = judgement;
  const value = formatMeasured(judgement.value);
  const bound = formatMeasured(judgement.bound);
  const length = formatDuration(evidence.to - evidence.from);
  const samples = count(evidence.samples, 'sample');
  const basis = `${samples} of ${length}${droppedPart(judgement)}`;
  switch (reason) {
    case 'no-data':
      return `${name} has no samples in the last ${length}${droppedPart(judgement)}, which speaks neither for the release nor against it. Look whether it is scraped.`;
    case 'too-few':
      return `${name} has only ${samples} in the last ${length}${droppedPart(judgement)}, too few to judge by.`;
    case 'broken-data':
      return `${name} is mostly not a number: ${brokenCount(judgement)} of ${evidence.samples + brokenCount(judgement)} samples in the last ${length}. Mend the query or the metric.`;
    case 'no-baseline':
      return `${name} has nothing to be compared with: ${count(evidence.baseline ?? 0, 'usable sample')} from before the release.`;
    case 'not-surely':
      return `${name} ${measured(judge)} ${value}, beyond ${bound}, but that may be chance (${basis}).`;
    case 'silent':
      return `The canary of ${name} has sent nothing for ${formatDuration(evidence.facts['silence'] ?? 0)}, while the stable release has samples all along.`;
    case 'marginal':
      return `The canary of ${name} scores ${value} of 100: not bad, and not the ${bound} that pass (${failedPart(judgement)}).`;
    case 'nearing':
      return nearingSentence(judgement, name, basis);
    case 'usual':
      return `${name} ${measured(judge)} ${value}, beyond the bound of ${bound}, but has been so far off before (${basis}).`;
    case 'parts':
      return partsSentence(judgement, name);
    case 'within':
    case 'beyond':
      if (judge === 'canary') {
        return `The canary of ${name} scores ${value} of 100, and ${bound} ${reason === 'within' ? 'pass' : 'would pass'} (${failedPart(judgement)}; ${basis}).`;
      }
      return `${name} ${measured(judge)} ${value}, ${reason === 'beyond' ? 'beyond' : 'within'} the bound of ${bound}${expectedPart(judgement)} (${basis}).`;
  }
}

/** What a measurement is called, by what took it. */
function measured(judge: JudgeKind): string {
  switch (judge) {
    case 'threshold':
    case 'regression':
      return 'is at';
    case 'canary':
      return 'scores';
    case 'burn-rate':
      return 'burns its error budget, in times as fast as it may last, at';
    case 'drift':
      return 'has drifted by';
    case 'anomaly':
      return 'is off what is usual at this time, in usual deviations, by';
    case 'change-point':
      return 'has left its level from before the release, in summed deviations, by';
    case 'early-warning':
      return 'tends to';
    case 'share':
      return 'has a share of';
    case 'impact':
      return 'costs';
    case 'composite':
      return 'has bad parts of';
  }
}

function nearingSentence(
  { value, bound, evidence: { facts } }: Judgement,
  name: string,
  basis: string,
): string {
  const length = (fact: string) => formatDuration(facts[fact] ?? 0);
  const now = `${name} is at ${formatMeasured(value)} by its trend`;
  return facts['in'] === 0
    ? `${now}, past ${formatMeasured(bound)} already (${basis}).`
    : `${now} and will reach ${formatMeasured(bound)} in about ${length('in')} (${length('earliest')} to ${length('latest')}; ${basis}). Nothing is rolled back for a trend.`;
}

function partsSentence({ verdict, evidence: { facts } }: Judgement, name: string): string {
  const parts = `${facts['bad'] ?? 0} bad, ${facts['good'] ?? 0} good, ${facts['inconclusive'] ?? 0} without a verdict`;
  switch (verdict) {
    case 'bad':
      return `The parts of ${name} make it bad: ${parts}.`;
    case 'good':
      return `The parts of ${name} leave it good: ${parts}.`;
    case 'inconclusive':
      return `The parts of ${name} do not decide it: ${parts}.`;
  }
}

function failedPart({ evidence: { facts } }: Judgement): string {
  return `${facts['failed'] ?? 0} of ${count(facts['metrics'] ?? 0, 'metric')} failed`;
}

function expectedPart({ evidence: { facts } }: Judgement): string {
  const expected = facts['expected'];
  return expected === undefined ? '' : `, where ${formatMeasured(expected)} is expected`;
}

function brokenCount({ evidence: { dropped } }: Judgement): number {
  return dropped.nan + dropped.infinite;
}

function droppedPart(judgement: Judgement): string {
  const broken = brokenCount(judgement);
  return broken === 0 ? '' : `, ${broken} more ${broken === 1 ? 'is' : 'are'} not a number`;
}

/** What a look did to a monitor. */
export function stepSentence(step: Step, { bad, need, until }: StepFacts): string {
  switch (step) {
    case 'settling':
      return 'The release is too young to be judged.';
    case 'repeated':
      return 'This moment was judged already.';
    case 'counted':
      return `${count(bad, 'bad look')} in a row, and the policy waits for ${need}.`;
    case 'fired':
      return `${count(bad, 'bad look')} in a row: the release is bad.`;
    case 'cooling':
      return `${count(bad, 'bad look')} in a row, but it just recovered, and waits for another ${formatDuration(until ?? 0)} before it fires again.`;
    case 'goes-on':
      return 'It is still bad.';
    case 'recovered':
      return 'It recovered.';
    case 'unknown':
      return 'Nothing is known now, so nothing changes.';
    case 'blinded':
      return 'Nothing has been known for as long as the policy allows, and that is taken as bad.';
  }
}

export interface StepFacts {
  readonly bad: number;
  readonly need: number;
  /** How long it still cools down. */
  readonly until?: Instant;
}

/** A measured number with four significant digits: `0.04012`, `1,234`. */
export function formatMeasured(value: number | undefined): string {
  if (value === undefined) return 'unknown';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
