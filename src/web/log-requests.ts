import type { Logger } from 'pino';
import type { ReceiverEvent } from '../alerts/http-receiver.ts';
import type { WebhookEvent } from './webhooks.ts';

/** What came in as alerts, and what was refused: the sender reads the same lines in the answer. */
export function logAlerts(log: Logger): (event: ReceiverEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'answered': {
        const { kind: _, ...facts } = event;
        if (event.status < 300) log.info(facts, 'alerts received');
        else log.warn(facts, 'alerts refused');
        return;
      }
      case 'cut-off':
        return log.info({ format: event.format }, 'alerts cut off by their sender');
      case 'not-stored': {
        const { format, source, status, error: err } = event;
        return log.error({ format, source, status, err }, 'alerts not stored');
      }
    }
  };
}

/** What came in as samples, and what was refused: the sender reads the same lines in the answer. */
export function logSamples(log: Logger): (event: ReceiverEvent<'samples'>) => void {
  return (event) => {
    switch (event.kind) {
      case 'answered': {
        const { kind: _, ...facts } = event;
        // They come all the time.
        if (event.status < 300) log.debug(facts, 'samples received');
        else log.warn(facts, 'samples refused');
        return;
      }
      case 'cut-off':
        return log.info('samples cut off by their sender');
      case 'not-stored': {
        const { source, status, error: err } = event;
        return log.error({ source, status, err }, 'samples not stored');
      }
    }
  };
}

/** What was refused or failed of GitHub's webhooks. What was taken shows in the journal. */
export function logWebhooks(log: Logger): (event: WebhookEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'refused':
        return log.warn({ status: event.status, why: event.why }, 'webhook refused');
      case 'failed':
        return log.error(
          { delivery: event.id, event: event.name, status: event.status, err: event.error },
          'webhook not stored',
        );
      case 'cut-off':
        return log.info('webhook cut off by its sender');
    }
  };
}
