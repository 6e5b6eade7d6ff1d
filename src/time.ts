/**
 * A moment: whole milliseconds since the epoch, so that what is before another ends one earlier; what is read is rounded.
 * Plain data, so that plans and decisions serialise as they are.
 */
export type Instant = number;

/** A length of time in milliseconds. */
export type Milliseconds = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The current time, handed in wherever time matters so that tests and backtests own it. */
export type Clock = () => Instant;

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
] as const;

/**
 * Reads `90s`, `15m`, `24h`, `7d` or a sum of them (`1h30m`), largest unit first as Prometheus writes them.
 * Answers undefined for anything else.
 */
export function parseDuration(text: string): Milliseconds | undefined {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!match || text === '') return undefined;
  return UNITS.reduce((sum, [, unit], i) => sum + Number(match[i + 1] ?? 0) * unit, 0);
}

/** Writes a length of time as a person says it: the two largest units, `1d 4h`, `4h 12m`, `45s`. */
export function formatDuration(length: Milliseconds): string {
  let rest = Math.max(0, Math.round(length / SECOND)) * SECOND;
  const parts: string[] = [];
  for (const [name, unit] of UNITS) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count}${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0s';
}

/** Writes a moment in UTC to the second: `2026-11-20 02:17:04 UTC`. */
export function formatInstant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
