import { createHash } from 'node:crypto';
import type { SaidRef } from '../commands/said.ts';
import type { SlackAsk } from '../commands/slack-ask.ts';
import type { Spell } from '../monitors/spell.ts';
import type { Severity } from '../policy/policy.ts';
import type { Answers } from '../recovery/measured.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/**
 * Something to be done for a repository later, as plain data, so that it survives the process that set it and may be
 * done by another one. Everything else is read anew when it is due; what is over by then is left alone. `attempts`
 * counts the tries, the one to come included.
 */
export type Due =
  /** Reads the repository, and looks after whatever waits there. */
  | { readonly kind: 'open'; readonly attempts: number }
  /** Looks whether a storm is over. */
  | { readonly kind: 'storm'; readonly attempts: number }
  /** Looks at the open rollbacks that a storm holds back, or held back. */
  | { readonly kind: 'storm-turned'; readonly attempts: number }
  /** Tells of a storm in its issue. */
  | { readonly kind: 'storm-issue'; readonly attempts: number }
  /** Brings the mirror up to date. */
  | { readonly kind: 'fetch'; readonly attempts: number }
  /** Decides anew about an alert that still fires. */
  | {
      readonly kind: 'reconsider';
      readonly alert: string;
      readonly telling: Telling;
      readonly attempts: number;
    }
  /** Takes an open rollback one step further. */
  | { readonly kind: 'advance'; readonly branch: string; readonly attempts: number }
  /** Writes into an open rollback's text what it waits for. */
  | { readonly kind: 'status'; readonly branch: string; readonly attempts: number }
  /** Follows a push to a branch that could not be followed when it was told. */
  | { readonly kind: 'pushed'; readonly branch: string; readonly attempts: number }
  /** Goes on with a rollback that somebody reopened, likewise. */
  | (OfPull & { readonly kind: 'reopened'; readonly at: Instant })
  /** Writes into the text of one that is over what became of it. */
  | (OfPull & { readonly kind: 'outcome'; readonly status: string })
  /** Says in the check of an open rollback what it waits for. */
  | { readonly kind: 'check'; readonly branch: string; readonly attempts: number }
  /** Writes a comment under a pull request; `what` names that in a sentence. */
  | {
      readonly kind: 'say';
      readonly number: number;
      readonly body: string;
      readonly what: string;
      readonly attempts: number;
    }
  /** Looks at the state: at what ended by itself, or again at what could not be read. */
  | { readonly kind: 'state'; readonly attempts: number }
  /** Does and answers what somebody said. */
  | (SaidRef & { readonly kind: 'said'; readonly attempts: number })
  /** Tells people of an incident, as its card says. */
  | { readonly kind: 'tell'; readonly branch: string; readonly attempts: number }
  /** Does and answers what somebody asked for in Slack. */
  | { readonly kind: 'slack'; readonly ask: SlackAsk; readonly attempts: number }
  /** Checks a pull request. */
  | { readonly kind: 'judge'; readonly number: number; readonly attempts: number }
  /** Has the open pull requests that touch a target's pins checked again: what may come back has changed. */
  | { readonly kind: 'judge-open'; readonly target: TargetKey; readonly attempts: number }
  /** Checks one of those. */
  | { readonly kind: 'judge-again'; readonly number: number; readonly attempts: number }
  /** Writes into the state what rollbacks went away from. */
  | { readonly kind: 'quarantine'; readonly attempts: number }
  /** Checks what a merge queue is about to merge. */
  | {
      readonly kind: 'judge-group';
      readonly head: string;
      readonly base: string;
      readonly attempts: number;
    }
  /** Looks at an open rollback whose time to be decided about goes on. */
  | { readonly kind: 'time'; readonly branch: string; readonly attempts: number }
  /** Reminds those who are missing of a wait that began at `since`. */
  | (OfWait & { readonly kind: 'remind'; readonly reminder: number })
  /** Calls people about such a wait, because its time is up. */
  | (OfWait & { readonly kind: 'call'; readonly severity: Severity; readonly sentence: string })
  /** Asks for the review that a merge went without. */
  | (OfPull & {
      readonly kind: 'review-afterwards';
      /** Who broke the glass; absent: nobody decided in time. */
      readonly brokeGlass?: string;
    })
  /** Brings back whole what a merge left mixed. */
  | (OfPull & { readonly kind: 'repair' })
  | (OfPull & { readonly kind: 'label'; readonly severity: Severity })
  | (OfPull & { readonly kind: 'ask-reviews' })
  /** Looks at a merged rollback: whether it is rolled out, and whether it helped. */
  | { readonly kind: 'recovery'; readonly branch: string; readonly attempts: number }
  /** Takes what metric servers answered about a merged rollback. */
  | {
      readonly kind: 'measured';
      readonly branch: string;
      readonly answers: Answers;
      readonly attempts: number;
    }
  /** Takes what the policy names next, after a rollback that did not help. */
  | { readonly kind: 'next-rung'; readonly branch: string; readonly attempts: number }
  /** Writes into a merged rollback's text where it stands. */
  | { readonly kind: 'recovery-status'; readonly branch: string; readonly attempts: number }
  /** Links the report of an incident from its pull request and issue. */
  | (OfPull & { readonly kind: 'report' })
  /** Writes what waits to the journal's branch. */
  | { readonly kind: 'journal'; readonly attempts: number }
  /** Reads back what the journal should have, and has not. */
  | { readonly kind: 'journal-gaps'; readonly attempts: number }
  /** Looks up what monitors watch, and what runs, of the targets after one. */
  | { readonly kind: 'watch'; readonly after: TargetKey; readonly attempts: number }
  /** Prepares the rollback of a target because a bound will be crossed soon; without a sentence: no longer. */
  | {
      readonly kind: 'arm';
      readonly target: TargetKey;
      readonly monitor: string;
      readonly sentence?: string;
      readonly attempts: number;
    }
  /** Writes down why a monitor did nothing. */
  | {
      readonly kind: 'passed';
      readonly target: TargetKey;
      readonly monitor: string;
      readonly why: Spell['kind'];
      readonly at: Instant;
      readonly sentence: string;
      readonly attempts: number;
    }
  /** Looks which drills are due, and begins one. */
  | { readonly kind: 'drills'; readonly attempts: number }
  /** Takes the drill of a target one phase further. */
  | { readonly kind: 'drill'; readonly target: TargetKey; readonly attempts: number }
  /** Deletes the branch of a rollback that is over. */
  | { readonly kind: 'tidy'; readonly branch: string; readonly attempts: number };

interface OfWait extends OfPull {
  readonly since: Instant;
  /** The comment to write. */
  readonly body: string;
}

interface OfPull {
  readonly branch: string;
  readonly number: number;
  readonly attempts: number;
}

/**
 * What is told of a decision. `always`: nobody was told yet. `while-firing`: the same, but an alert that resolved
 * meanwhile was told when it did. `if-it-acts`: one that changes nothing was told before.
 */
export type Telling = 'always' | 'while-firing' | 'if-it-acts';

/** The name of what is due among all of its repository: the same name replaces. At most 300 bytes. */
export function nameOfDue(due: Due): string {
  switch (due.kind) {
    case 'open':
    case 'fetch':
    case 'journal':
    case 'journal-gaps':
    case 'storm':
    case 'storm-issue':
    case 'storm-turned':
    case 'state':
    case 'quarantine':
    case 'watch':
    case 'drills':
      return due.kind;
    case 'reconsider':
      return `alert ${hashOf(due.alert)}`;
    case 'judge':
    case 'judge-again':
      return `${due.kind} ${due.number}`;
    case 'drill':
      return `drill ${due.target.length > 250 ? hashOf(due.target) : due.target}`;
    case 'judge-open':
      return `judge-open ${due.target.length > 250 ? hashOf(due.target) : due.target}`;
    case 'judge-group':
      return `judge-group ${due.head}`;
    case 'arm':
      return `arm ${due.monitor} ${due.target.length > 250 ? hashOf(due.target) : due.target}`;
    case 'passed':
      // Another one has an entry of its own.
      return `passed ${hashOf(`${due.target} ${due.monitor}`)} ${due.at}`;
    case 'say':
      return `say ${due.number} ${hashOf(due.body)}`;
    case 'said':
      return `said ${due.said} ${due.id}`;
    case 'slack':
      return `slack ${due.ask.id}`;
    case 'advance':
    case 'ask-reviews':
    case 'call':
    case 'check':
    case 'label':
    case 'measured':
    case 'next-rung':
    case 'remind':
    case 'review-afterwards':
    case 'outcome':
    case 'pushed':
    case 'reopened':
    case 'recovery':
    case 'recovery-status':
    case 'repair':
    case 'report':
    case 'status':
    case 'tell':
    case 'tidy':
    case 'time':
      return `${due.kind} ${due.branch.length > 250 ? hashOf(due.branch) : due.branch}`;
  }
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
