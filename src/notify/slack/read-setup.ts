import { z } from 'zod';
import { NOBODY, readDirectory } from './read-directory.ts';
import { SLACK_API, SLACK_HOOKS, type SlackSetup } from './setup.ts';

/** How one variable is read: undefined when it is not set or not as expected, which is a problem of its own. */
export type ReadVariable = <T>(
  name: string,
  variable: { readonly schema: z.ZodType<T>; readonly example: string; readonly secret?: true },
) => T | undefined;

const secret = (shape: RegExp, expected: string) =>
  z.string().regex(shape, { error: expected }).optional();

const SIGNING_SECRET = {
  schema: secret(/^[\x21-\x7e]{20,200}$/, "the signing secret of the Slack app's settings page"),
  example: 'LASTGOOD_SLACK_SIGNING_SECRET=8f742231b10e8888abcd99yyyzzz85a5',
  secret: true,
} as const;
const BOT_TOKEN = {
  schema: secret(
    /^xoxb-[\x21-\x7e]{10,300}$/,
    "the Slack app's bot token, which begins with xoxb-",
  ),
  example: 'LASTGOOD_SLACK_BOT_TOKEN=xoxb-…',
  secret: true,
} as const;
const WEBHOOK_URL = {
  schema: z
    .url({ protocol: /^https$/, error: 'the address of an incoming webhook of Slack' })
    .optional(),
  example: 'LASTGOOD_SLACK_WEBHOOK_URL=https://hooks.slack.com/services/…',
  secret: true,
} as const;

/**
 * Reads how Slack is set up; undefined when it is not. `text` is the file of LASTGOOD_SLACK_FILE; what is wrong with
 * it goes to `problem`.
 */
export function readSlackSetup(
  read: ReadVariable,
  text: string | undefined,
  problem: (sentence: string) => void,
): SlackSetup | undefined {
  const found = {
    signingSecret: read('LASTGOOD_SLACK_SIGNING_SECRET', SIGNING_SECRET),
    botToken: read('LASTGOOD_SLACK_BOT_TOKEN', BOT_TOKEN),
    webhookUrl: read('LASTGOOD_SLACK_WEBHOOK_URL', WEBHOOK_URL),
  };
  const reading = readDirectory(text ?? '');
  if (!reading.ok) for (const one of reading.problems) problem(`LASTGOOD_SLACK_FILE: ${one}`);
  const { signingSecret, botToken, webhookUrl } = found;
  if (signingSecret === undefined && botToken === undefined && webhookUrl === undefined)
    return undefined;
  return {
    ...(signingSecret !== undefined && { signingSecret }),
    ...(botToken !== undefined && { botToken }),
    ...(webhookUrl !== undefined && { webhookUrl }),
    apiUrl: SLACK_API,
    hooksOrigin: SLACK_HOOKS,
    directory: reading.ok ? reading.directory : NOBODY,
  };
}
