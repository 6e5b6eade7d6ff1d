import { incidentOf } from '../rollback/branch.ts';
import type { Json } from '../store/item.ts';

/**
 * The incident that an item is about, for the log; undefined where it is about none, or may lead to one only when it
 * is handled. What senders wrote is not looked through.
 */
export function incidentIn(payload: Json): string | undefined {
  const work = field(payload, 'due') ?? payload;
  for (const part of [work, ...['pull', 'ask', 'card'].map((name) => field(work, name))]) {
    for (const name of ['branch', 'incident']) {
      const said = field(part, name);
      if (typeof said === 'string' && incidentOf(said)) return said;
    }
  }
  return undefined;
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && name in of
    ? (of as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
