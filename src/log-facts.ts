import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line of the log is about, whoever writes it. */
export interface LogFacts {
  /** The incident's branch. */
  readonly incident?: string;
  /** `owner/name`. */
  readonly repository?: string;
  /** What is worked on in turn: a repository, by its id or its name. */
  readonly lane?: string;
  /** GitHub's name of a delivery. */
  readonly delivery?: string;
}

const facts = new AsyncLocalStorage<LogFacts>();

/**
 * Does some work whose lines in the log all carry these facts, beside those that hold already: also lines of the
 * libraries that it calls, which know nothing of incidents.
 */
export function withLogFacts<T>(more: LogFacts, work: () => T): T {
  return facts.run({ ...facts.getStore(), ...more }, work);
}

/** The facts that hold here, for pino's `mixin`: a line's own win. */
export function logFacts(): LogFacts {
  return { ...facts.getStore() };
}
