import type { Alert, NotTaken } from './alert.ts';
import { jsonPath, type FieldProblem } from './field-problem.ts';
import type { Normalized } from './normalize.ts';

/** The most alerts that one delivery may carry. */
export const MAX_ALERTS = 1_000;

/** One alert of a delivery, or why that one is not taken while the others are. */
export type ReadAlert =
  | { readonly ok: true; readonly alert: Alert }
  | { readonly ok: false; readonly why: NotTaken; readonly message: string };

/** What a format's reader makes of a body. A problem spoils the whole delivery. */
export type ReadAlerts =
  | {
      readonly ok: true;
      readonly alerts: readonly ReadAlert[];
      /** Further lines of the answer, about the delivery as a whole. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly problem: FieldProblem };

/** One alert read where a mistake in one field spoils the delivery. */
export type ReadOne =
  | { readonly ok: true; readonly alert: Alert }
  | { readonly ok: false; readonly problem: FieldProblem };

/** Names the mistaken field by its JSON path below `base`. */
export function strictly(normalized: Normalized, base: string): ReadOne {
  if (normalized.ok) return normalized;
  const { field, expected, found } = normalized.mistake;
  return { ok: false, problem: { path: jsonPath(base, [field]), expected, found } };
}

/** Reads each of the items; the first problem is the whole delivery's. */
export function readEach(
  items: readonly unknown[],
  base: string,
  read: (item: unknown, path: string) => ReadOne,
): ReadAlerts {
  if (items.length > MAX_ALERTS) {
    const expected = `at most ${MAX_ALERTS} alerts in one delivery`;
    return { ok: false, problem: { path: base, expected, found: `a list of ${items.length}` } };
  }
  const alerts: ReadAlert[] = [];
  for (const [index, item] of items.entries()) {
    const one = read(item, jsonPath(base, [index]));
    if (!one.ok) return one;
    alerts.push(one);
  }
  return { ok: true, alerts, notes: [] };
}
