import { z } from 'zod';
import { SEVERITIES } from '../policy/policy.ts';
import { PauseLane, type Outcome, type Settlement, type Turn } from '../store/settlement.ts';
import { messageOf } from '../store/sqlstate.ts';
import { SECOND } from '../time.ts';
import type { StoredPage } from './pager.ts';

const schema: z.ZodType<StoredPage> = z.object({
  key: z.string(),
  repository: z.string().exactOptional(),
  severity: z.enum(SEVERITIES),
  sentence: z.string(),
  at: z.number(),
});

export interface PostOptions {
  /** May have a secret in it: it is never told. Absent: there is nowhere to post to any more. */
  readonly url: string | undefined;
  readonly fetch?: typeof fetch;
}

/** How long the other side may take. */
const PATIENCE = 10 * SECOND;

/**
 * Posts the calls of one turn, as JSON: `{ source, key, repository, severity, sentence, at }`. One that arrives may
 * arrive again after a crash; its key is the same. While the other side cannot take any, all of them wait; one that it
 * refuses for good is given up.
 */
export async function postPages(turn: Turn, options: PostOptions): Promise<Settlement> {
  const { url, fetch = globalThis.fetch } = options;
  const outcomes = new Map<number, Outcome>();
  for (const { id, payload } of turn.items) {
    if (turn.signal.aborted) return { outcomes: untouched(turn, outcomes) };
    const page = schema.safeParse(payload);
    const why =
      url === undefined
        ? 'LASTGOOD_PAGE_URL is not set any more.'
        : page.success
          ? await post(url, page.data, fetch)
          : 'This is no call that this program can read.';
    if (why instanceof Error) {
      await turn.settle({ outcomes });
      throw new PauseLane(why.message);
    }
    outcomes.set(id, why === undefined ? { kind: 'handled' } : { kind: 'dead', why });
  }
  return { outcomes };
}

/** Answers nothing when it arrived, a sentence when it never will, an error when it may later. */
async function post(
  url: string,
  page: StoredPage,
  fetch: typeof globalThis.fetch,
): Promise<string | Error | undefined> {
  const { at, ...rest } = page;
  const body = JSON.stringify({ source: 'lastgood', ...rest, at: new Date(at).toISOString() });
  let status: number;
  try {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      signal,
      redirect: 'manual',
    });
    await response.body?.cancel();
    ({ status } = response);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return new Error(`The address of LASTGOOD_PAGE_URL was not reached: ${messageOf(cause)}`);
  }
  if (status >= 200 && status < 300) return undefined;
  const why = `The address of LASTGOOD_PAGE_URL answered ${status}.`;
  return status >= 500 || status === 408 || status === 429 ? new Error(why) : why;
}

function untouched(turn: Turn, done: ReadonlyMap<number, Outcome>): ReadonlyMap<number, Outcome> {
  return new Map(turn.items.map(({ id }) => [id, done.get(id) ?? { kind: 'untouched' }]));
}
