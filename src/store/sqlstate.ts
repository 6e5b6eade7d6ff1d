import { StoreUnavailable } from './errors.ts';

/** PostgreSQL's code of an error, five characters; undefined for an error that is not the database's. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE'
    ? code
    : undefined;
}

/**
 * Errors of the server that say nothing about the statement: connections (08), credentials that were changed (28),
 * a database that is gone (3D), resources (53: disk full, memory, connections), an operator at work (57P01–57P05),
 * a statement cut off for its length (57014), input and output (58), a standby that does not write (25006), and
 * damage (XX001, XX002). https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
const UNAVAILABLE = /^(08|28|3D|53|57P0|57014|58|25006|XX00[12])/;

/** Errors after which the same transaction may simply be run again: serialization and deadlock. */
export function mayRunAgain(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === '40001' || state === '40P01';
}

/** Errors of `pg` and of Node's sockets that carry no SQLSTATE. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENOENT',
]);
const DRIVER =
  /^(Connection terminated|Query read timeout|timeout e|Client has encountered|Client was closed|The server does not support SSL)/;

export function isUnavailable(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true;
  const state = sqlStateOf(error);
  if (state !== undefined) return UNAVAILABLE.test(state);
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  if (!(error instanceof Error)) return false;
  return ('code' in error && NETWORK.has(String(error.code))) || DRIVER.test(error.message);
}

export function asUnavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(`The database cannot be used now: ${messageOf(error)}`, {
    cause: error,
  });
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
