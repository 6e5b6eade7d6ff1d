import type { Knob } from '../backtest/knob.ts';
import type { TunePoint, Tuning } from '../backtest/tune.ts';
import type { TargetKey } from '../target.ts';
import { formatDuration } from '../time.ts';
import type { AuditSection } from './audit.ts';
import { daysWords, detectWords, rateWords, round } from './backtest.ts';

/** What was tuned. */
export interface Tuned {
  readonly target: TargetKey;
  readonly monitor: string;
  readonly knob: Knob;
  readonly wanted: number;
  readonly tuning: Tuning;
}

/** What the bound is, and what is wanted, in a sentence. */
export function tuneSummary({ target, monitor, knob, wanted, tuning: { now } }: Tuned): string {
  const { rate } = now.score.falsePer30Days;
  return `${target}, monitor ${monitor}: ${knob.key.join('.')} is ${knob.write(knob.now)}, which comes to ${round(rate)} false rollbacks in 30 days. Wanted: at most ${round(wanted)}.`;
}

/** The curve: every bound that was replayed. */
export function curveSection({ knob, tuning: { curve, now, proposed } }: Tuned): AuditSection {
  return {
    title: 'What fires most first',
    headings: [knob.key.join('.'), 'False per 30 days', 'Incidents found', 'Time to detect', ''],
    rows: curve.map((one) => [
      knob.write(one.bound),
      rateWords(one.score),
      one.score.incidents === 0 ? '-' : `${one.score.found} of ${one.score.incidents}`,
      detectWords(one.score),
      [...(one === now ? ['now'] : []), ...(one === proposed ? ['proposed'] : [])].join(', '),
    ]),
    none: '',
  };
}

/** What to write, how sure it is, and what it costs. */
export function proposalText(tuned: Tuned): string {
  const { monitor, knob, wanted, tuning } = tuned;
  const { proposed, now, curve } = tuning;
  if (!proposed) {
    const least = Math.min(...curve.map(({ score }) => score.falsePer30Days.rate));
    return `No bound of ${monitor} comes down to ${round(wanted)} false rollbacks in 30 days: the least is ${round(least)}. Look at what else its rule says, such as \`window\` and \`consecutive\`, or at the metric.`;
  }
  const { falsePer30Days, freeDays } = proposed.score;
  const sure =
    falsePer30Days.high > wanted
      ? ` What was recorded, ${daysWords(freeDays)} without an incident, cannot show that it is that seldom: up to ${round(falsePer30Days.high)} would look the same (95 %).`
      : '';
  const kept = proposed === now ? 'Keep it as it is' : 'Proposed';
  return `${kept}: ${round(falsePer30Days.rate)} false rollbacks in 30 days${foundWords(proposed)}.${sure}\n\n${yaml(monitor, knob.key, knob.write(proposed.bound))}`;
}

function foundWords({ score: { incidents, found, timeToDetect } }: TunePoint): string {
  if (incidents === 0) return ', and no incident to find';
  const after = timeToDetect ? `, half of them within ${formatDuration(timeToDetect.median)}` : '';
  return `, ${found} of ${incidents} incidents found${after}`;
}

/** The bound as it stands in the policy. */
function yaml(monitor: string, key: readonly string[], bound: string): string {
  const value = [monitor, ...key].reduceRight((inner, name) => `{ ${name}: ${inner} }`, bound);
  return `monitors: ${value}`;
}
