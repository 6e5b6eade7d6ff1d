import type { Logger } from 'pino';
import type { Context } from 'probot';
import type { Webhook } from './webhooks.ts';

/** An event of GitHub, with or without its action: `push`, `pull_request.closed`. */
type EventName = Context['name'];

/** What a handler gets, typed as in Probot. */
type Received<Name extends EventName> = Pick<Context<Name>, 'id' | 'payload' | 'log'>;

/** Handlers by event, and the way to them. */
export interface Receiving {
  on<Name extends EventName>(
    events: Name | readonly Name[],
    handler: (event: Received<Name>) => unknown,
  ): void;
  /** Resolves when every handler is done; rejects with what they threw, all of it. */
  receive(webhook: Webhook): Promise<void>;
}

/**
 * Hands webhooks to handlers as Probot does, and leaves out what Probot adds: an API client for each event and handler,
 * which nobody here needs and which costs more than all the rest in a flood, and a log line with the whole delivery
 * for each error.
 */
export function createReceiving(log: Logger): Receiving {
  const handlers = new Map<string, ((event: never) => unknown)[]>();
  return {
    on(events, handler) {
      for (const name of [events].flat()) {
        const before = handlers.get(name) ?? [];
        handlers.set(name, [...before, handler]);
      }
    },
    receive({ id, name, payload }) {
      const { action } = payload;
      const found = [
        ...(handlers.get(name) ?? []),
        ...(typeof action === 'string' ? (handlers.get(`${name}.${action}`) ?? []) : []),
      ];
      const event = { id, payload, log };
      return allDone(found.map(async (handler) => handler(event as never)));
    },
  };
}

/** By itself, so that nothing holds a delivery in memory while what it led to is being stored. */
async function allDone(handled: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(handled);
  const errors = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (errors.length > 0) throw new AggregateError(errors, 'A delivery was not taken.');
}
