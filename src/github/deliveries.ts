/**
 * Webhooks that did not arrive. GitHub sends each once and never again by itself, keeps a list of its attempts for a
 * few days, and sends one again under the same GUID when asked (GitHub reality 17).
 *
 * The list is the memory: a redelivery is in it as an attempt of its own, so a restart or another replica sees what
 * was asked for already. Only for the moment until it shows there, the caller keeps a map.
 * @module
 */
import { z } from 'zod';
import type { Instant, Milliseconds } from '../time.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { GitHubDown, MissingPermission, NotInstalled, RateLimited } from './errors.ts';
import { isLost, readFailure, toGitHubError } from './failure.ts';
import type { Octokit, Timing } from './octokit.ts';
import { WRITE } from './octokit.ts';
import { patiently } from './patiently.ts';

/** How much is done in one run, and how often for one webhook. */
export interface RedeliveryLimits {
  /** Pages of 100 attempts that are looked through. */
  readonly pages: number;
  /** Webhooks asked for again in one run. */
  readonly perRun: number;
  /** The same one is not asked for again so soon. */
  readonly window: Milliseconds;
  /** After so many attempts in vain it is given up: whatever it was about, the sweep finds by looking. */
  readonly attempts: number;
  /**
   * An alert that was dispatched so long ago is given up: where it does not say when it began, it would count as one
   * that began now.
   */
  readonly alerts: Milliseconds;
}

/** A night without the service is some thousand attempts where pipelines are busy. */
const LIMITS: RedeliveryLimits = {
  pages: 50,
  perRun: 50,
  window: 10 * MINUTE,
  attempts: 5,
  alerts: HOUR,
};

/** GitHub keeps its list about so long: what is older cannot be asked for. */
const KEPT = 3 * DAY;

export interface Redelivered {
  /** What GitHub was asked to send again, oldest first. */
  readonly asked: readonly { readonly guid: string; readonly event: string }[];
  /** Failed ones that were left for a later run: too many at once, or asked for lately. */
  readonly left: number;
  /** Failed ones that will not be asked for (any more): tried too often, alerts of long ago, or refused by GitHub. */
  readonly givenUp: readonly { readonly guid: string; readonly event: string }[];
  /** Whether everything since `since` was looked at. What was not is given up: every run would begin at the newest. */
  readonly complete: boolean;
  /** The `since` of the next run: of what was looked at, nothing before it is open. */
  readonly next: Instant;
}

const attempts = z.array(
  z.object({
    /** Too long for a number at times; Octokit reads it exactly. */
    id: z.union([z.number(), z.bigint()]),
    guid: z.string(),
    delivered_at: z.string(),
    redelivery: z.boolean(),
    status: z.string(),
    event: z.string(),
  }),
);
type Attempt = z.infer<typeof attempts>[number] & { readonly at: Instant };

/** One webhook with its attempts, newest first. */
type Webhook = readonly [newest: Attempt, ...older: Attempt[]];

/**
 * Asks GitHub to send again what failed since `since` and has not arrived meanwhile. `app` has to be authenticated as
 * the App. `asked` remembers between runs when which GUID was asked for; it is written to. Costs one request per 100
 * attempts since `since`, and one per webhook asked for.
 *
 * Throws the typed error when the list cannot be read. When GitHub wants no more requests halfway, it stops there and
 * leaves the rest for a later run.
 */
export async function redeliverFailed(
  app: Octokit,
  since: Instant,
  timing: Timing,
  asked: Map<string, Instant> = new Map(),
  limits: RedeliveryLimits = LIMITS,
): Promise<Redelivered> {
  const start = timing.clock();
  const from = Math.max(since, start - KEPT);
  for (const [guid, at] of asked) if (at <= start - limits.window) asked.delete(guid);
  const { list, complete } = await listSince(app, from, timing, limits.pages);
  const { due, waiting, hopeless } = sort(list, asked, start, limits);
  const now = due.slice(0, limits.perRun);
  const done: Webhook[] = [];
  const refused: Webhook[] = [];
  for (const webhook of now) {
    const answer = await askAgain(app, webhook, timing);
    if (answer === 'later') break;
    asked.set(webhook[0].guid, timing.clock());
    (answer === 'asked' ? done : refused).push(webhook);
  }
  const left = due.filter((one) => !done.includes(one) && !refused.includes(one));
  // What was asked for may fail again: it is looked at until it has arrived.
  const open = [...left, ...waiting, ...done].flat().map(({ at }) => at);
  return {
    asked: done.map(nameOf),
    left: left.length + waiting.length,
    givenUp: [...hopeless, ...refused].map(nameOf),
    complete,
    next: Math.min(start, ...open),
  };
}

function nameOf([{ guid, event }]: Webhook) {
  return { guid, event };
}

/** Every attempt since, newest first, as far as the pages go. */
async function listSince(
  app: Octokit,
  since: Instant,
  timing: Timing,
  pages: number,
): Promise<{ readonly list: readonly Attempt[]; readonly complete: boolean }> {
  const list: Attempt[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const { data, headers } = await patiently(timing, 'list the webhook deliveries', () =>
      app.request('GET /app/hook/deliveries', {
        per_page: 100,
        ...(cursor !== undefined && { cursor }),
      }),
    );
    const read = attempts.parse(data).map((one) => ({ ...one, at: Date.parse(one.delivered_at) }));
    list.push(...read.filter(({ at }) => at >= since));
    cursor = cursorOf(headers.link);
    if (cursor === undefined || read.some(({ at }) => at < since)) return { list, complete: true };
  }
  return { list, complete: false };
}

/** The cursor of the next page, which GitHub hands out in its `Link` header only. */
function cursorOf(link: string | undefined): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return next === undefined ? undefined : (new URL(next).searchParams.get('cursor') ?? undefined);
}

/** Tells the webhooks that did not arrive by what can be done about them; each list oldest first. */
function sort(
  list: readonly Attempt[],
  asked: ReadonlyMap<string, Instant>,
  now: Instant,
  limits: RedeliveryLimits,
) {
  const webhooks = new Map<string, Webhook>();
  for (const one of list) {
    const newer = webhooks.get(one.guid);
    webhooks.set(one.guid, newer ? [...newer, one] : [one]);
  }
  const due: Webhook[] = [];
  const waiting: Webhook[] = [];
  const hopeless: Webhook[] = [];
  const since = (webhook: Webhook): Instant => webhook.at(-1)?.at ?? 0;
  for (const webhook of [...webhooks.values()].reverse().sort((a, b) => since(a) - since(b))) {
    const [newest] = webhook;
    // Asked for in vain or not: one that arrived once has arrived.
    if (webhook.some(({ status }) => status === 'OK')) continue;
    const lately = newest.redelivery && newest.at > now - limits.window;
    const late = newest.event === 'repository_dispatch' && since(webhook) < now - limits.alerts;
    if (webhook.length >= limits.attempts || late) hopeless.push(webhook);
    else if (lately || asked.has(newest.guid) || newest.status === 'pending') waiting.push(webhook);
    else due.push(webhook);
  }
  return { due, waiting, hopeless };
}

/** One request. `refused`: this one cannot be had again. `later`: GitHub wants or answers no more requests now. */
async function askAgain(
  app: Octokit,
  [newest]: Webhook,
  timing: Timing,
): Promise<'asked' | 'refused' | 'later'> {
  try {
    // Octokit's own type of this route knows no id that is longer than a number.
    await app.request(`POST /app/hook/deliveries/${newest.id}/attempts`, { request: WRITE });
    return 'asked';
  } catch (error) {
    // Whether it was asked for is unknown, so it counts as asked: the list says in the next window.
    if (isLost(readFailure(error))) return 'asked';
    const typed = toGitHubError(error, 'deliver a webhook again', 'the App', timing.clock);
    if (typed instanceof RateLimited || typed instanceof GitHubDown) return 'later';
    if (typed instanceof NotInstalled || typed instanceof MissingPermission) throw typed;
    return 'refused';
  }
}
