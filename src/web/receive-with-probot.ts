import { AsyncLocalStorage } from 'node:async_hooks';
import type { Probot } from 'probot';
import type { Webhook } from './webhooks.ts';

/** Probot's handlers, and the way to them. */
export interface Receiving {
  /** Registers handlers, as Probot does. */
  readonly on: Probot['on'];
  /** Resolves when every handler is done; rejects with what they threw, all of it. */
  receive(webhook: Webhook): Promise<void>;
}

type Handler = (context: never) => unknown;

/**
 * Hands webhooks to Probot's handlers. What those throw goes to the caller alone: Probot itself would log it as well,
 * with the delivery beside it, and the caller could not tell one error from another.
 */
export function receiveWithProbot(probot: Probot): Receiving {
  const thrown = new AsyncLocalStorage<unknown[]>();
  const caught =
    (handler: Handler): Handler =>
    async (context) => {
      try {
        await handler(context);
      } catch (error) {
        const errors = thrown.getStore();
        if (!errors) throw error;
        errors.push(error);
      }
    };
  const register = (events: unknown, handler: unknown): void =>
    probot.on(events as never, caught(handler as Handler) as never);
  return {
    on: register,
    async receive(webhook) {
      const errors: unknown[] = [];
      await thrown.run(errors, () =>
        probot.webhooks.receive(webhook as Parameters<typeof probot.webhooks.receive>[0]),
      );
      if (errors.length > 0) throw new AggregateError(errors, 'A delivery was not taken.');
    },
  };
}
