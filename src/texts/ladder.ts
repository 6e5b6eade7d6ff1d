import type { TakenRung } from '../journal/trailers.ts';
import type { Rung } from '../policy/policy.ts';
import type { Plan } from '../rollback/plan.ts';
import { targetKey, type Target } from '../target.ts';
import { inCode, inProse } from './escape.ts';
import { listOf } from './names.ts';

/** A rollback that was tried and did not help. */
export interface Tried {
  /** Its pull request; absent when that is not known any more. */
  readonly number?: number;
  readonly rung: Rung;
}

/** What a rung takes, in words: "the model and features of the last good release". */
export function rungWords(rung: Rung): string {
  if (rung === 'release') return 'the last good release';
  if (rung === 'fallback') return 'the fallback';
  return `the ${listOf(rung)} of the last good release`;
}

/** What a rung of the ladder does and why, for the top of its pull request. Markdown. */
export function rungSummary(
  { target, goal }: Plan,
  { number, rung }: TakenRung,
  from: string,
  to: string,
): string {
  const key = inCode(targetKey(target));
  const start =
    number === 1 ? `${key} misbehaves at ${from}.` : `${key} still misbehaves after a rollback.`;
  const rest =
    typeof rung === 'string' || goal.kind === 'fallback'
      ? ''
      : ' Everything else stays as it runs.';
  return `${start} This is rung ${number} of the policy's ladder: it takes ${goal.kind === 'fallback' ? `the fallback ${to}` : rungWords(rung)}.${rest}`;
}

/** What was tried before, oldest first. Markdown; empty when nothing was. */
export function triedText(tried: readonly Tried[]): string {
  return tried.map((one) => `- ${triedOne(one)}: rolled out, and it did not help.`).join('\n');
}

/** That nothing is left to try, and what was: for people who have to go on. Markdown. */
export function ladderEndSentence(target: Target, tried: readonly Tried[], why: string): string {
  return `The ladder of ${targetKey(target)} ends here, and the model has not recovered. Tried, and rolled out: ${triedList(tried)}. ${inProse(why, 300)} Go on by hand: look for what else changed, and hold the target while you try (/hold).`;
}

/** What was tried, oldest first, in one line. */
export function triedList(tried: readonly Tried[]): string {
  return listOf(tried.map(triedOne));
}

function triedOne({ number, rung }: Tried): string {
  return `${rungWords(rung)}${number === undefined ? '' : ` (#${number})`}`;
}
