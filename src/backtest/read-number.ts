import type { Instant } from '../time.ts';

/** What a moment may be written as, for messages. */
export const A_MOMENT =
  'a time such as 2026-11-20T02:17:04Z with its zone, or seconds or milliseconds since 1970';
export const A_VALUE = 'a number, NaN, +Inf or -Inf';

const DIGITS = /^-?\d+(?:\.\d+)?$/;
const WRITTEN = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Seconds are below this, and milliseconds above: in seconds it is the year 5138, in milliseconds 1973. */
const MILLISECONDS_FROM = 1e11;
/** Later moments are none that JavaScript has. */
const LAST = 8.64e15;

/** Reads a moment; undefined for anything else. A time without its zone is none: nobody knows when it was. */
export function readMoment(text: string): Instant | undefined {
  if (DIGITS.test(text)) return momentOf(Number(text));
  const at = WRITTEN.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A moment of a number, which may be in seconds or in milliseconds. */
export function momentOf(number: number): Instant | undefined {
  const at = Math.abs(number) < MILLISECONDS_FROM ? number * 1_000 : number;
  return Math.abs(at) <= LAST ? Math.round(at) : undefined;
}

/** Reads a measured value, as Prometheus writes them; undefined for anything else. */
export function readValue(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
      return Number.POSITIVE_INFINITY;
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}
