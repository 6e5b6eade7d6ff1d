import type { Logger } from 'pino';
import type { SlackSetup } from '../notify/slack/setup.ts';
import type { Route } from './routes.ts';
import { slackRoute, type SlackEvent, type SlackRouteParts } from './slack.ts';

type Parts = Omit<SlackRouteParts, 'signingSecret' | 'directory' | 'hooksOrigin' | 'report'> & {
  readonly log: Logger;
  readonly counted: (outcome: SlackEvent['kind']) => void;
};

/** The way in from Slack; nothing where no signing secret is set. */
export function slackRoutes(
  setup: SlackSetup | undefined,
  { log, counted, ...parts }: Parts,
): readonly Route[] {
  if (setup?.signingSecret === undefined) return [];
  const { signingSecret, directory, hooksOrigin } = setup;
  const report = (event: SlackEvent): void => {
    counted(event.kind);
    const { kind, ...facts } = event;
    if (kind === 'taken') log.info(facts, 'slack request taken');
    else if (kind === 'refused') log.warn(facts, 'slack request refused');
    else
      log.error(
        { err: event.kind === 'not-stored' ? event.error : undefined },
        'slack request not stored',
      );
  };
  return [slackRoute({ ...parts, signingSecret, directory, hooksOrigin, report })];
}
