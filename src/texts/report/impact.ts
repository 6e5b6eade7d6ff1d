import type { Impact } from '../../journal/impact.ts';
import type { End, IncidentStory } from '../../journal/incident-story.ts';
import { formatDuration, formatInstant } from '../../time.ts';
import { listOf } from '../names.ts';

/** How an incident stands, in a sentence that reads on from "Outcome: ". */
export function outcomeText({ merge, closed, pull, end, relapsed }: IncidentStory): string {
  const again = relapsed ? ', after it had come back' : '';
  if (end && end.how !== 'closed' && end.how !== 'closed-by-person')
    return `${ENDED[end.how]}${again}.`;
  if (closed?.by === 'lastgood') return 'closed, because the bad release no longer ran.';
  if (closed) return 'a person closed the rollback: no.';
  if (relapsed) return 'it came back after the rollback.';
  if (merge) return `rolled back, ${BY[merge.by] ?? BY['unknown']}.`;
  return pull === undefined ? 'no rollback was opened.' : 'a rollback is open.';
}

const ENDED: Readonly<Record<Exclude<End, 'closed' | 'closed-by-person'>, string>> = {
  recovered: 'rolled back, and recovered; it is watched for a relapse',
  verified: 'rolled back, and recovery verified',
  unwatched: 'rolled back, and recovered, but nothing tells whether it stayed so',
  superseded: 'rolled back, and another release runs by now',
  'given-up': 'rolled back, and nothing shows that it helped',
  'ladder-ended': 'rolled back, and it did not help; nothing is left that the policy would try',
};

/** What let it be merged, as it reads on from "rolled back, ". */
export const BY: Readonly<Record<string, string>> = {
  policy: 'automatically, as the policy allows',
  timeout: 'without an approval, because nobody decided in time',
  approval: 'as approved',
  person: 'merged by a person',
  unknown: 'it is not known by whom',
};

/** From when to when, and by what that is known. */
export function impactText({ relapses }: IncidentStory, impact: Impact | undefined): string {
  if (!impact) return '';
  const { from, until, by } = impact;
  const again =
    relapses.length === 0
      ? ''
      : ` It came back at ${listOf(relapses.map((at) => formatInstant(at)))}.`;
  if (until === undefined || !by) {
    return `Since ${formatInstant(from)}, when the alert began. Nothing tells yet that it is over.${again}`;
  }
  return `From ${formatInstant(from)} to ${formatInstant(until)}, ${formatDuration(until - from)}: from the beginning of the alert to ${UNTIL[by]}.${again}`;
}

const UNTIL = {
  recovered: 'the recovery',
  'rolled-out': 'the roll-out; nothing told of the recovery itself',
  merged: 'the merge; nothing told of the roll-out or the recovery',
} as const;
