import { z } from 'zod';
import type { Alert } from '../alerts/alert.ts';
import type { Json, NewItem } from '../store/item.ts';

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
  | { readonly kind: 'sweep'; readonly repository: number };

const repository = z.number().int();
const alert = z.custom<Alert>(
  (value) => typeof value === 'object' && value !== null && 'fingerprint' in value,
);

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
  z.object({ kind: z.literal('sweep'), repository }),
]);

/** Reads work from its stored form; undefined for what this program does not know. */
export function readWork(kind: string, payload: Json): Work | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const parsed = workSchema.safeParse(Object.assign({}, payload, { kind }));
  return parsed.success ? parsed.data : undefined;
}

/** Work that ends an incident goes before what can wait. */
const PRIORITIES = { critical: 40, high: 30, medium: 20, low: 10 } as const;

/** The priority of work in its lane: alerts by severity, and what people and GitHub say of open rollbacks first. */
export function priorityOf(work: Work): number {
  if (work.kind === 'alert') return PRIORITIES[work.alert.severity];
  return work.kind === 'sweep' ? 0 : 50;
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
