/** What was read, or in a sentence why it could not be. Nothing is ever assumed in place of what cannot be read. */
export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export function known<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function unknown(why: string): Reading<never> {
  return { ok: false, why };
}

/** Reads something that may throw. */
export async function orWhy<T>(read: () => Promise<Reading<T>>): Promise<Reading<T>> {
  try {
    return await read();
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}
