import { SECOND, type Milliseconds } from '../time.ts';

/** A mistake in the set-up of the store that a person has to mend. The message says what, why and what to do. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The folder of an embedded database belongs to another process that runs. */
export class StoreInUse extends StoreError {}

/**
 * The database cannot take or give anything now: the disk is full, the server is gone, too much is waiting. Nothing
 * was taken half. Whoever sent something is told to send it again (503 with Retry-After).
 */
export class StoreUnavailable extends Error {
  readonly retryAfter: Milliseconds;

  constructor(
    message: string,
    options: ErrorOptions & { readonly retryAfter?: Milliseconds } = {},
  ) {
    super(message, options);
    this.name = new.target.name;
    this.retryAfter = options.retryAfter ?? 5 * SECOND;
  }
}

/** What a database answers that was closed. */
export function databaseClosed(): StoreUnavailable {
  return new StoreUnavailable('The database is closed: the process is stopping.');
}

/** What was handed in can never be stored, however often it is tried: too large, or a name that is none. */
export class NotStorable extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The lane was given to another worker meanwhile: what this one did may not be acknowledged. */
export class LeaseLost extends Error {
  constructor(lane: string) {
    super(
      `The lease on the lane ${lane} was lost to another worker, so nothing of this turn is acknowledged. ` +
        'Its items are handed out again.',
    );
    this.name = new.target.name;
  }
}
