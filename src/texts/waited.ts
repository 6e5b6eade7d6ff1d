import type { ApprovalPolicy, Principal } from '../policy/policy.ts';
import type { NotUnanswered } from '../rollback/next-step.ts';
import { formatDuration, formatInstant, type Instant, type Milliseconds } from '../time.ts';
import { inCode } from './escape.ts';
import { calledByName } from './names.ts';

/** Why nobody is reminded or called about a wait just now. Closed. */
export type Quiet =
  /** Its alert resolved. */
  | 'resolved'
  /** Somebody asked for changes: that is an answer. */
  | 'answered'
  /** People were called about all of it at once. */
  | 'storm';

/** What happens next to a rollback that waits for people. */
export interface WhatNext {
  readonly approvals: Pick<ApprovalPolicy, 'remind' | 'timeout' | 'onTimeout'>;
  readonly timeUpAt: Instant;
  readonly timeUp: boolean;
  /** Whether a reminder is still to come. */
  readonly reminds: boolean;
  readonly quiet?: Quiet;
  /** Why it would not be merged without an approval, where the policy merges it when the time is up. */
  readonly whyNot?: NotUnanswered;
}

/** What happens next to a rollback that waits for people, if none of them does anything. Markdown. */
export function nextSentence(what: WhatNext): string {
  const { approvals, timeUp, quiet } = what;
  if (quiet !== undefined) {
    const closes = approvals.onTimeout === 'close' && !timeUp ? `${beforehand(what)} ` : '';
    return `${closes}${QUIET[quiet]}`;
  }
  const act = timeUp ? afterwards(what) : beforehand(what);
  return what.reminds && approvals.remind !== undefined
    ? `Those who are missing are reminded every ${formatDuration(approvals.remind)}. ${act}`
    : act;
}

const QUIET: Readonly<Record<Quiet, string>> = {
  resolved:
    'Its alert resolved, so nobody is reminded or called, and it is not merged without an approval.',
  answered:
    'Somebody asked for changes, so nobody is reminded or called, and it is not merged without an approval.',
  storm:
    'People were called about the storm: while it lasts nobody is reminded or called about this.',
};

function beforehand({ approvals, timeUpAt, whyNot }: WhatNext): string {
  const unless = `When nobody has decided by ${formatInstant(timeUpAt)},`;
  switch (approvals.onTimeout) {
    case 'page':
      return `${unless} people are called.`;
    case 'close':
      return `${unless} it is closed (approvals.onTimeout of the policy).`;
    case 'merge':
      return whyNot === undefined
        ? `${unless} it is merged without an approval, if its alert still fires and the limits allow it (approvals.onTimeout of the policy).`
        : `${unless} people are called. It would be merged then (approvals.onTimeout of the policy), but ${WHY_NOT[whyNot]}.`;
  }
}

function afterwards({ approvals, timeUpAt, whyNot }: WhatNext): string {
  const up = `The time for a decision was up at ${formatInstant(timeUpAt)}. People were called.`;
  if (approvals.onTimeout !== 'merge' || whyNot === undefined) return up;
  return `${up} It would be merged without an approval (approvals.onTimeout of the policy), but ${WHY_NOT[whyNot]}.`;
}

const WHY_NOT: Readonly<Record<NotUnanswered, string>> = {
  'github-decides': 'the policy leaves approvals to GitHub',
  reopened: 'a person closed it before, so a person has to approve it',
  'not-own': 'Lastgood did not open it',
  objection: 'somebody asked for changes',
  stopped: 'somebody stopped what merges by itself',
  storm: 'so many models fail at once that nothing merges by itself',
  'not-licensed':
    'no alert that fires would merge it as things stand: by the limits, the evidence, or because it resolved',
};

/** Reminds those who are missing. `waits` is what it waits for, as in its text. Markdown. */
export function reminderBody(
  missing: readonly Principal[],
  { passed, waits }: { readonly passed: Milliseconds; readonly waits: string },
): string {
  return `${calledByName(missing)}: this rollback has waited for ${formatDuration(passed)}. It ${waits}`;
}

/** Says below the pull request that the time was up and people were called. Markdown. */
export function calledBody(
  missing: readonly Principal[],
  { passed, waits }: { readonly passed: Milliseconds; readonly waits: string },
): string {
  return `${calledByName(missing)}: nobody has decided about this rollback for ${formatDuration(passed)}, so people were called. It ${waits}`;
}

/** What those are told who are called. Plain text: `waits` is Markdown, without what that needs. */
export function calledSentence(call: {
  readonly number: number;
  readonly target: string;
  readonly url: string;
  readonly passed: Milliseconds;
  readonly waits: string;
}): string {
  const { number, target, url, passed, waits } = call;
  return `Nobody has decided about pull request #${number} for ${target} for ${formatDuration(passed)} (${url}). It ${waits.replaceAll('`', '')}`;
}

/** Why a rollback is closed that nobody decided about, and how a person has it back. Markdown. */
export function givenUpSentence(target: string, timeout: Milliseconds): string {
  return `Nobody decided within ${formatDuration(timeout)}, and the policy gives up then (approvals.onTimeout: close). It is not opened again for this release by itself. ${inCode(`/retry ${target}`)} reopens it.`;
}

/** What may be said about one wait: the reminder of a number, that people were called, that it was given up. */
export type WaitedMark = 'called' | 'closed' | `reminder ${number}`;

/** Begins a comment about a wait, unseen: whoever is to write it again finds it. */
export function waitedMark(since: Instant, mark: WaitedMark): string {
  return `<!-- lastgood:waited ${since} ${mark} -->`;
}

/** Whether a comment says that a rollback is given up. */
export function isGivenUp(body: string): boolean {
  return /^<!-- lastgood:waited \d{1,15} closed -->\n/.test(body);
}
