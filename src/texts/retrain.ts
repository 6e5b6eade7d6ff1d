import type { Oid } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import { targetKey, type Target } from '../target.ts';
import { inCode } from './escape.ts';
import { triedList, type Tried } from './ladder.ts';
import { listOf } from './names.ts';

/** What a comment of the App begins with that tells of the retrain, so that it is found again. */
export const RETRAIN_MARKS = {
  started: '<!-- lastgood:retrain started -->',
  'left-to-people': '<!-- lastgood:retrain left-to-people -->',
} as const;

/** What is trained again: the event that was sent, and the release whose data are known to be good. */
export interface Retraining {
  readonly target: Target;
  readonly event: string;
  readonly good: { readonly commit: Oid; readonly versions: Versions };
}

/** That the retrain was started by itself, after everything else. Markdown. */
export function retrainStartedSentence(what: Retraining, tried: readonly Tried[]): string {
  return `The last rung of the ladder of ${inCode(targetKey(what.target))} is the emergency retrain, and it is started: ${sent(what)}. Tried before, and rolled out: ${triedList(tried)}. What it trains comes as a pull request of its own; until then look for what else changed.`;
}

/** That people have to start the retrain, if they want it. Markdown. */
export function retrainLeftSentence(
  { target, event }: Retraining,
  tried: readonly Tried[],
  why: string,
): string {
  return `What is left of the ladder of ${inCode(targetKey(target))} is the emergency retrain (${inCode(event)}), and it is for people to start: ${why} Tried before, and rolled out: ${triedList(tried)}. Start it with ${inCode(`/retrain ${targetKey(target)} REASON`)}.`;
}

/** The answer to somebody who started it. Markdown. */
export function retrainAskedSentence(what: Retraining): string {
  return `The retrain of ${inCode(targetKey(what.target))} is started: ${sent(what)}. What it trains comes as a pull request of its own.`;
}

/** Why somebody cannot start one. Markdown. */
export function noRetrainSentence(target: Target, why: 'not-in-policy' | 'no-good-data'): string {
  const key = inCode(targetKey(target));
  return why === 'not-in-policy'
    ? `The policy of ${key} names no retrain. Add ${inCode('retrain: { event: NAME }')} to it, with the type of the repository_dispatch that the workflow waits for.`
    : `No release of ${key} is known to be good, so there are no data to train with again. Designate one with ${inCode(`/baseline ${targetKey(target)} VERSION`)}.`;
}

function sent({ event, good: { commit, versions } }: Retraining): string {
  const all = Object.entries(versions).map(([pin, version]) => `${inCode(pin)} ${inCode(version)}`);
  return `the event ${inCode(event)} was sent with the release of ${inCode(commit.slice(0, 12))}, ${listOf(all)}`;
}
