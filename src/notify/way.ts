import { z } from 'zod';
import { messageOf } from '../store/sqlstate.ts';
import { SECOND } from '../time.ts';
import type { StoredPage, StoredPagesOver } from './pager.ts';

/** What is posted: a call, or that its incident is over. */
export type PageEvent =
  | ({ readonly action: 'trigger' } & StoredPage)
  | ({ readonly action: 'resolve' } & StoredPagesOver);

/**
 * What became of a post: it arrived; it may arrive later (`after` milliseconds, where the other side says so); or it
 * never will. `why` is a sentence without any secret.
 */
export type Posted =
  | { readonly kind: 'arrived' }
  | { readonly kind: 'later'; readonly why: string; readonly after?: number }
  | { readonly kind: 'refused'; readonly why: string };

/** A way to people. */
export interface Way {
  post(event: PageEvent): Promise<Posted>;
}

/** How long the other side may take. */
const PATIENCE = 10 * SECOND;

/** No longer than this is waited because the other side says so. */
const LONGEST_WAIT = 600;

const refusal = z.object({ errors: z.array(z.string()).max(20) });

/** Posts JSON; `name` says where, in words that show no address. */
export async function postJson(
  name: string,
  url: string,
  body: object,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Posted & { readonly errors?: readonly string[] }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(PATIENCE),
      redirect: 'manual',
    });
    const { status, headers } = response;
    const errors = status === 400 ? await errorsOf(response) : undefined;
    if (!response.bodyUsed) await response.body?.cancel();
    if (status >= 200 && status < 300) return { kind: 'arrived' };
    const why = `${name} answered ${status}.`;
    if (status < 500 && status !== 408 && status !== 429) {
      return { kind: 'refused', why, ...(errors && { errors }) };
    }
    const wait = Number(headers.get('retry-after'));
    const says = wait > 0 && wait <= LONGEST_WAIT;
    return { kind: 'later', why, ...(says && { after: wait * SECOND }) };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { kind: 'later', why: `${name} was not reached: ${messageOf(cause)}` };
  }
}

/** What the other side says is wrong; nothing where it does not say so. Takes the body. */
async function errorsOf(response: Response): Promise<readonly string[] | undefined> {
  const said: unknown = await response.json().catch(() => undefined);
  const parsed = refusal.safeParse(said);
  return parsed.success ? parsed.data.errors : undefined;
}
