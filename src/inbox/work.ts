import { z } from 'zod';
import type { Alert } from '../alerts/alert.ts';
import { answersSchema } from '../recovery/measured.ts';
import { SEVERITIES } from '../policy/policy.ts';
import type { SaidRef } from '../commands/said.ts';
import { slackAsk, type SlackAsk } from '../commands/slack-ask.ts';
import type { Due } from '../rollback/due.ts';
import { TIMER, type Item, type Json, type NewItem } from '../store/item.ts';
import type { TimerOptions } from '../store/timers.ts';

/**
 * Something that came in and has to be handled, as it lies in the inbox. Only what a use case needs is kept of a
 * delivery: whatever else there is to know is read again from GitHub when it is handled.
 */
export type Work =
  | { readonly kind: 'alert'; readonly alert: Alert; readonly repository: string }
  | { readonly kind: 'push'; readonly repository: number; readonly branch: string }
  | { readonly kind: 'pull'; readonly repository: number; readonly branch: string }
  | {
      readonly kind: 'pull-reopened';
      readonly repository: number;
      readonly pull: { readonly number: number; readonly branch: string; readonly at: number };
    }
  | { readonly kind: 'checks'; readonly repository: number; readonly head: string }
  /** Somebody said something that may be a command. */
  | ({ readonly kind: 'said'; readonly repository: number } & SaidRef)
  /** Somebody asked for something in Slack. */
  | { readonly kind: 'slack'; readonly repository: number; readonly ask: SlackAsk }
  /** A pull request wants the check. */
  | { readonly kind: 'judge'; readonly repository: number; readonly pull: number }
  | {
      readonly kind: 'judge-group';
      readonly repository: number;
      readonly head: string;
      readonly base: string;
    }
  | { readonly kind: 'sweep'; readonly repository: number }
  /** Something that was set for later, and is due. */
  | { readonly kind: 'timer'; readonly repository: number; readonly due: Due };

const repository = z.number().int();
const alert = z.custom<Alert>(
  (value) => typeof value === 'object' && value !== null && 'fingerprint' in value,
);

const attempts = z.number().int().min(1);
const ofBranch = { branch: z.string(), attempts };
const ofPull = { ...ofBranch, number: z.number().int() };
const ofWait = { ...ofPull, since: z.number(), body: z.string() };

const saidRef = {
  said: z.enum(['comment', 'review-comment', 'review']),
  id: z.number().int(),
  number: z.number().int(),
  words: z.string().exactOptional(),
};

const dueSchema: z.ZodType<Due> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), attempts }),
  z.object({ kind: z.literal('fetch'), attempts }),
  z.object({ kind: z.literal('journal'), attempts }),
  z.object({ kind: z.literal('watch'), after: z.string(), attempts }),
  z.object({
    kind: z.literal('arm'),
    target: z.string(),
    monitor: z.string(),
    sentence: z.string().exactOptional(),
    attempts,
  }),
  z.object({
    kind: z.literal('passed'),
    target: z.string(),
    monitor: z.string(),
    why: z.enum(['suspect', 'unknown']),
    at: z.number(),
    sentence: z.string(),
    attempts,
  }),
  z.object({ kind: z.literal('journal-gaps'), attempts }),
  z.object({ kind: z.literal('storm'), attempts }),
  z.object({ kind: z.literal('storm-turned'), attempts }),
  z.object({ kind: z.literal('storm-issue'), attempts }),
  z.object({
    kind: z.literal('reconsider'),
    alert: z.string(),
    telling: z.enum(['always', 'while-firing', 'if-it-acts']),
    attempts,
  }),
  z.object({ kind: z.literal('advance'), ...ofBranch }),
  z.object({ kind: z.literal('status'), ...ofBranch }),
  z.object({ kind: z.literal('tell'), ...ofBranch }),
  z.object({ kind: z.literal('tidy'), ...ofBranch }),
  z.object({ kind: z.literal('check'), ...ofBranch }),
  z.object({ kind: z.literal('pushed'), ...ofBranch }),
  z.object({ kind: z.literal('reopened'), ...ofPull, at: z.number() }),
  z.object({ kind: z.literal('outcome'), ...ofPull, status: z.string() }),
  z.object({ kind: z.literal('recovery'), ...ofBranch }),
  z.object({ kind: z.literal('measured'), ...ofBranch, answers: answersSchema }),
  z.object({ kind: z.literal('next-rung'), ...ofBranch }),
  z.object({ kind: z.literal('recovery-status'), ...ofBranch }),
  z.object({
    kind: z.literal('say'),
    number: z.number().int(),
    body: z.string(),
    what: z.string(),
    attempts,
  }),
  z.object({ kind: z.literal('state'), attempts }),
  z.object({ kind: z.literal('said'), ...saidRef, attempts }),
  z.object({ kind: z.literal('slack'), ask: slackAsk, attempts }),
  z.object({ kind: z.literal('judge'), number: z.number().int(), attempts }),
  z.object({ kind: z.literal('judge-again'), number: z.number().int(), attempts }),
  z.object({ kind: z.literal('judge-open'), target: z.string(), attempts }),
  z.object({ kind: z.literal('quarantine'), attempts }),
  z.object({ kind: z.literal('drills'), attempts }),
  z.object({ kind: z.literal('drill'), target: z.string(), attempts }),
  z.object({ kind: z.literal('judge-group'), head: z.string(), base: z.string(), attempts }),
  z.object({ kind: z.literal('repair'), ...ofPull }),
  z.object({ kind: z.literal('report'), ...ofPull }),
  z.object({ kind: z.literal('label'), ...ofPull, severity: z.enum(SEVERITIES) }),
  z.object({ kind: z.literal('ask-reviews'), ...ofPull }),
  z.object({ kind: z.literal('time'), ...ofBranch }),
  z.object({ kind: z.literal('remind'), ...ofWait, reminder: z.number().int() }),
  z.object({
    kind: z.literal('call'),
    ...ofWait,
    severity: z.enum(SEVERITIES),
    sentence: z.string(),
  }),
  z.object({
    kind: z.literal('review-afterwards'),
    ...ofPull,
    brokeGlass: z.string().exactOptional(),
  }),
]);

/** What an earlier version of the program may have stored is checked like anything from outside. */
const workSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alert'), alert, repository: z.string() }),
  z.object({ kind: z.literal('push'), repository, branch: z.string() }),
  z.object({ kind: z.literal('pull'), repository, branch: z.string() }),
  z.object({
    kind: z.literal('pull-reopened'),
    repository,
    pull: z.object({ number: z.number().int(), branch: z.string(), at: z.number() }),
  }),
  z.object({ kind: z.literal('checks'), repository, head: z.string() }),
  z.object({ kind: z.literal('said'), repository, ...saidRef }),
  z.object({ kind: z.literal('slack'), repository, ask: slackAsk }),
  z.object({ kind: z.literal('judge'), repository, pull: z.number().int() }),
  z.object({ kind: z.literal('judge-group'), repository, head: z.string(), base: z.string() }),
  z.object({ kind: z.literal('sweep'), repository }),
  z.object({ kind: z.literal(TIMER), repository, due: dueSchema }),
]);

/** Reads work from its stored form; undefined for what this program does not know. */
export function readItem({ kind, payload }: Pick<Item, 'kind' | 'payload'>): Work | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const parsed = workSchema.safeParse(Object.assign({}, payload, { kind }));
  return parsed.success ? parsed.data : undefined;
}

/** Work that ends an incident goes before what can wait. */
const PRIORITIES = { critical: 40, high: 30, medium: 20, low: 10 } as const;

/** What ends no incident, after every alert; in this order. A merge may wait for a check. */
const CAN_WAIT: Partial<Record<Due['kind'] | Work['kind'], number>> = {
  judge: 8,
  'judge-group': 8,
  call: 9,
  'ask-reviews': 7,
  recovery: 6,
  measured: 6,
  'recovery-status': 6,
  'review-afterwards': 7,
  remind: 6,
  'storm-issue': 6,
  tell: 6,
  tidy: 6,
  check: 6,
  arm: 5,
  label: 5,
  outcome: 5,
  report: 5,
  watch: 4,
  quarantine: 4,
  drill: 3,
  drills: 3,
  'judge-open': 3,
  'judge-again': 2,
  journal: 1,
  'journal-gaps': 1,
  fetch: 0,
};

/** Whether work is done by itself in its turn, so that what is urgent and comes meanwhile goes before the next. */
export function canWait(work: Work): boolean {
  return CAN_WAIT[kindOf(work)] !== undefined;
}

/** The priority of work in its lane: alerts by severity, and what people and GitHub say of open rollbacks first. */
export function priorityOf(work: Work): number {
  if (work.kind === 'alert') return PRIORITIES[work.alert.severity];
  if (work.kind === 'sweep') return 0;
  return CAN_WAIT[kindOf(work)] ?? 50;
}

function kindOf(work: Work): Due['kind'] | Work['kind'] {
  return work.kind === 'timer' ? work.due.kind : work.kind;
}

/** The item of some work in a lane. `key` is the sender's name of the delivery, where it has one. */
export function itemOf(work: Work, lane: string, key?: string): NewItem {
  const { kind, ...payload } = work;
  return {
    lane,
    kind,
    ...(key === undefined ? {} : { key: `${key} ${kind}` }),
    priority: priorityOf(work),
    payload: payload as Json,
  };
}

/** The timer of something that is due later. */
export function timerOf(repository: number, due: Due): TimerOptions {
  return {
    payload: { repository, due: { ...due } },
    priority: priorityOf({ kind: 'timer', repository, due }),
  };
}
