import { NotStorable, StoreUnavailable } from '../store/errors.ts';
import { STARTING } from '../texts/http.ts';
import { SECOND } from '../time.ts';

/** Something arrived before it is known which repositories there are: everything would be about an unknown one. */
export class NotServing extends Error {
  constructor() {
    super(STARTING);
    this.name = new.target.name;
  }
}

/**
 * Why something that arrived was not stored, for its sender: `later`, send it again after so many seconds; `never`,
 * with the sentence that says what is wrong with it; `failed`, a defect.
 */
export type NotStored =
  | { readonly kind: 'later'; readonly retryAfter: number; readonly error: unknown }
  | { readonly kind: 'never'; readonly sentence: string; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/** In seconds, where nothing better is known. */
const RETRY_AFTER = 5;

/** What one item can never do, another of the same delivery cannot make good: `never` goes before `later`. */
export function explainNotStored(thrown: unknown): NotStored {
  const errors: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const never = errors.find((error) => error instanceof NotStorable);
  if (never) return { kind: 'never', sentence: never.message, error: never };
  const failed = errors.find(
    (error) => !(error instanceof StoreUnavailable || error instanceof NotServing),
  );
  if (failed !== undefined || errors.length === 0)
    return { kind: 'failed', error: failed ?? thrown };
  const waits = errors.map((error) =>
    error instanceof StoreUnavailable ? Math.ceil(error.retryAfter / SECOND) : RETRY_AFTER,
  );
  return { kind: 'later', retryAfter: Math.max(1, ...waits), error: errors[0] };
}
