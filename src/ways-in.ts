import type { Logger } from 'pino';
import { ALERT_PATHS, createAlertReceiver } from './alerts/http-receiver.ts';
import { connectEvents } from './app.ts';
import type { SharedDirectory } from './inbox/directory.ts';
import type { Arrivals } from './inbox/arrivals.ts';
import type { Lastgood } from './lastgood.ts';
import { withLogFacts } from './log-facts.ts';
import type { Slack } from './notify/slack/open-slack.ts';
import type { Operation } from './operation.ts';
import { openSamples } from './samples/open-samples.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store/store.ts';
import type { Clock, Milliseconds } from './time.ts';
import type { WatchBook } from './watch/watch-book.ts';
import { adminRoutes } from './web/admin-routes.ts';
import type { Condition } from './web/health.ts';
import { logAlerts, logSamples, logWebhooks } from './web/log-requests.ts';
import { NotServing } from './web/not-stored.ts';
import { createReceiving } from './web/receive-webhooks.ts';
import type { Route } from './web/routes.ts';
import { slackRoutes } from './web/slack-routes.ts';
import { WEBHOOK_PATH } from './web/webhook-path.ts';
import { createWebhookReceiver } from './web/webhooks.ts';

export interface WaysInParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Store;
  readonly arrivals: Arrivals;
  readonly directory: SharedDirectory;
  readonly lastgood: Lastgood;
  readonly watchBook: WatchBook;
  readonly slack: Slack;
  readonly operation: Operation;
  /** How long a body may take to arrive. */
  readonly bodyTimeout: Milliseconds;
  readonly condition: () => Condition;
  /** Whether it is known which repositories there are: before, everything would be about an unknown one. */
  readonly known: () => boolean;
}

/**
 * Every way in by HTTP: alerts, samples, GitHub's webhooks, Slack, and what operators ask. Each takes only what it has
 * stored, and what cannot be taken yet is answered 503.
 */
export function openWaysIn(parts: WaysInParts): readonly Route[] {
  const { settings, clock, log, store, arrivals, directory, lastgood, operation } = parts;
  const { watchBook, slack, bodyTimeout } = parts;
  const insistOnKnowing = (): void => {
    if (!parts.known()) throw new NotServing();
  };
  const receiving = createReceiving(log);
  connectEvents(receiving, arrivals, clock, (delivery) => directory.changed(delivery));
  const takeAlerts = createAlertReceiver({
    sources: settings.sources,
    accept: async (alerts) => {
      insistOnKnowing();
      await arrivals.alerted(alerts);
    },
    clock,
    bodyTimeout,
    report: logAlerts(log),
  });
  const takeWebhook = createWebhookReceiver({
    path: WEBHOOK_PATH,
    secret: settings.webhookSecret,
    receive: (webhook) => {
      insistOnKnowing();
      return withLogFacts({ delivery: webhook.id }, () => receiving.receive(webhook));
    },
    bodyTimeout,
    report: logWebhooks(log),
  });
  return [
    { paths: ALERT_PATHS, take: takeAlerts },
    openSamples({
      sources: settings.sources,
      book: watchBook,
      lastgood,
      directory,
      arrivals,
      insistOnKnowing,
      clock,
      bodyTimeout,
      report: logSamples(log),
      counted: operation.sampled,
    }),
    { paths: [WEBHOOK_PATH], take: takeWebhook },
    ...operation.routes(parts.condition),
    ...adminRoutes(settings.adminToken, store, log),
    ...slackRoutes(settings.slack, {
      clock,
      log,
      bodyTimeout,
      remember: (id, at) => slack.remember(id, at),
      accept: async (repository, ask) => {
        insistOnKnowing();
        await arrivals.asked(repository, ask);
      },
      repositories: () => lastgood.repositories(),
      idOf: (name) => lastgood.idOf(name),
      counted: operation.slackAsked,
    }),
  ];
}
