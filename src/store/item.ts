import type { Instant } from '../time.ts';
import { NotStorable } from './errors.ts';

/** A value that survives being written as JSON and read again. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Something that arrived and has to be handled. */
export interface NewItem {
  /** What is handled one at a time: a repository. Text of your choice, the same for the same repository. */
  readonly lane: string;
  /** Tells handlers what the payload is: `alert`, `delivery`. */
  readonly kind: string;
  /**
   * Within the lane, the same key is taken once only, also after it was handled: `X-GitHub-Delivery`, which a
   * redelivery keeps (GitHub reality 17). Without one, everything is taken.
   */
  readonly key?: string;
  /** Higher goes first; 0 unless given. From -100 to 100. */
  readonly priority?: number;
  readonly payload: Json;
}

/** An item as it is handed to be handled. */
export interface Item {
  /** The same however often it is handed out. */
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly key: string | undefined;
  /** The name of the timer that this is, when it is one (kind `timer`). */
  readonly timer: string | undefined;
  readonly priority: number;
  readonly payload: Json;
  readonly arrivedAt: Instant;
  /** How often it was handed out, this time included. */
  readonly tries: number;
}

/** The kind of an item that was a timer. */
export const TIMER = 'timer';

/** Bytes of one payload as JSON, unless another limit is given: 1 MiB. */
export const PAYLOAD_LIMIT = 1_048_576;

/** Bytes of a name: three of them must fit into one entry of an index. */
const NAME_LIMIT = 800;

/** Refuses a name that PostgreSQL would refuse (NUL, half a surrogate pair) or change. */
export function checkName(what: string, name: string): void {
  const size = Buffer.byteLength(name);
  if (size > 0 && size <= NAME_LIMIT && !name.includes('\0') && name.isWellFormed()) return;
  throw new NotStorable(
    `${what} must be 1 to ${NAME_LIMIT} bytes of proper Unicode without NUL, and is ${JSON.stringify(name.slice(0, 60))} (${size} bytes).`,
  );
}

export function checkPriority(priority: number): void {
  if (Number.isInteger(priority) && Math.abs(priority) <= 100) return;
  throw new NotStorable(
    `A priority is a whole number from -100 to 100, and this one is ${priority}.`,
  );
}

/** Writes a payload as JSON text, or throws {@link NotStorable} when it has none or is too large. */
export function writePayload(what: string, payload: Json, limit: number): string {
  // Something outside the types (a function, undefined) has no JSON.
  const text: string | undefined = JSON.stringify(payload);
  if (text === undefined) throw new NotStorable(`${what} has no form in JSON.`);
  const size = Buffer.byteLength(text);
  if (size > limit) {
    throw new NotStorable(`${what} has ${size} bytes as JSON; at most ${limit} are stored.`);
  }
  return text;
}
