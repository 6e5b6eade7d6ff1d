/**
 * The HTTP side of what people ask for in Slack: slash commands and buttons.
 *
 * Properties: nothing of a body is believed before its signature is; a request counts once, by its signature, whoever
 * sends it again; nothing is answered with success before it is on the disk; the answer comes at once, because Slack
 * waits for three seconds, and what came of it is sent to the address that Slack gave.
 */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { answer, answerAndClose, type Answer } from '../alerts/answer.ts';
import { parseMediaType } from '../alerts/media-type.ts';
import { readBody } from '../alerts/read-body.ts';
import type { SlackAsk } from '../commands/slack-ask.ts';
import { answerAddress, readCommand, readPress } from '../notify/slack/read-request.ts';
import { findUnsigned } from '../notify/slack/signature.ts';
import type { SlackDirectory } from '../notify/slack/setup.ts';
import { BODY_CROWDED_OUT, BODY_TOO_LARGE, BODY_TOO_SLOW } from '../texts/alerts.ts';
import {
  SLACK_NOT_STORED,
  SLACK_NOT_UNDERSTOOD,
  SLACK_OLD,
  SLACK_REPLAYED,
  SLACK_TAKEN,
  SLACK_UNSIGNED,
  slackMethod,
  whichRepository,
} from '../texts/slack.ts';
import type { Clock, Instant, Milliseconds } from '../time.ts';
import type { Route } from './routes.ts';

export const SLACK_PATHS = ['/slack/commands', '/slack/actions'] as const;

export interface SlackRouteParts {
  readonly signingSecret: string;
  readonly directory: SlackDirectory;
  readonly hooksOrigin: string;
  readonly clock: Clock;
  readonly bodyTimeout: Milliseconds;
  /** Notes a request by its id; answers whether it is new. */
  readonly remember: (id: string, at: Instant) => Promise<boolean>;
  /** Resolves when it is on the disk. */
  readonly accept: (repository: number, ask: SlackAsk) => Promise<void>;
  /** The repositories that the App is installed on. */
  readonly repositories: () => readonly number[];
  readonly idOf: (name: string) => number | undefined;
  readonly report: (event: SlackEvent) => void;
}

export type SlackEvent =
  | { readonly kind: 'taken'; readonly user: string }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | { readonly kind: 'not-stored'; readonly error: unknown };

/** Slack's own are far smaller: a card and what it is about. */
const LIMIT = 262_144;

/** What was asked for, and of which repository. */
type Asked =
  { readonly repository: number; readonly ask: SlackAsk } | { readonly answer: string } | undefined;

export function slackRoute(parts: SlackRouteParts): Route {
  const { clock, report } = parts;
  return {
    paths: SLACK_PATHS,
    async take(req, res) {
      const refuse = (refusal: Answer, how: typeof answer = answer): true => {
        report({ kind: 'refused', status: refusal.status, why: refusal.lines.join(' ') });
        how(req, res, refusal);
        return true;
      };
      const { method = '', headers } = req;
      if (method !== 'POST')
        return refuse(
          { ...text(405, slackMethod(method)), headers: { allow: 'POST' } },
          answerAndClose,
        );
      const type = parseMediaType(headers['content-type'] ?? '').type;
      if (type !== 'application/x-www-form-urlencoded')
        return refuse(text(415, SLACK_NOT_UNDERSTOOD), answerAndClose);
      const reading = await readBody(req, LIMIT, parts.bodyTimeout);
      if (reading.kind === 'too-large') return refuse(text(413, BODY_TOO_LARGE), answerAndClose);
      if (reading.kind === 'crowded-out')
        return refuse(text(503, BODY_CROWDED_OUT), answerAndClose);
      if (reading.kind === 'too-slow') return refuse(text(408, BODY_TOO_SLOW), answerAndClose);
      if (reading.kind === 'cut-off') return true;

      const now = clock();
      const signature = one(headers, 'x-slack-signature');
      const timestamp = one(headers, 'x-slack-request-timestamp');
      const unsigned = findUnsigned(
        parts.signingSecret,
        { signature, timestamp, body: reading.body },
        now,
      );
      if (unsigned) return refuse(text(401, unsigned === 'too-old' ? SLACK_OLD : SLACK_UNSIGNED));
      const id = createHash('sha256')
        .update(signature ?? '')
        .digest('hex');
      const body = Buffer.from(reading.body).toString('utf8');
      const asked =
        req.url?.split('?', 1)[0] === '/slack/commands'
          ? readTyped(parts, body, id, now)
          : readPressed(parts, body, id, now);
      if (!asked) return refuse(text(400, SLACK_NOT_UNDERSTOOD));
      return store(parts, { req, res, id, now, asked, refuse });
    },
  };
}

async function store(
  { remember, accept, report }: SlackRouteParts,
  {
    req,
    res,
    id,
    now,
    asked,
    refuse,
  }: {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly id: string;
    readonly now: Instant;
    readonly asked: NonNullable<Asked>;
    readonly refuse: (refusal: Answer) => true;
  },
): Promise<true> {
  try {
    if (!(await remember(id, now))) return refuse(text(401, SLACK_REPLAYED));
    if ('ask' in asked) await accept(asked.repository, asked.ask);
  } catch (error) {
    report({ kind: 'not-stored', error });
    // Slack shows a person what comes with success only.
    answer(req, res, message(SLACK_NOT_STORED));
    return true;
  }
  report({ kind: 'taken', user: 'ask' in asked ? asked.ask.user : 'unknown' });
  answer(req, res, message('ask' in asked ? SLACK_TAKEN : asked.answer));
  return true;
}

function readTyped(parts: SlackRouteParts, body: string, id: string, at: Instant): Asked {
  const read = readCommand(body);
  if (!read) return undefined;
  const [, name, rest] = /^\s*in\s+([\w-]+\/[\w.-]+)(?:\s+(.*))?$/su.exec(read.text) ?? [];
  const ids = parts.repositories();
  const named = name ?? parts.directory.channels.get(read.channel_id);
  const repository = named === undefined && ids.length === 1 ? ids[0] : parts.idOf(named ?? '');
  if (repository === undefined) return { answer: whichRepository(ids.length) };
  const said = name === undefined ? read.text : (rest ?? '');
  const answerTo = answerAddress(read.response_url, parts.hooksOrigin);
  const ask = { id, user: read.user_id, at, text: said.replace(/^\s*\//, '') };
  return { repository, ask: { ...ask, ...(answerTo !== undefined && { answerTo }) } };
}

function readPressed(parts: SlackRouteParts, body: string, id: string, at: Instant): Asked {
  const read = readPress(body);
  if (!read) return undefined;
  if (read === 'other') return { answer: SLACK_NOT_UNDERSTOOD };
  const { repository, ...value } = read.value;
  const answerTo = answerAddress(read.responseUrl, parts.hooksOrigin);
  const ask = { id, user: read.user, at, button: read.button, ...value };
  return { repository, ask: { ...ask, ...(answerTo !== undefined && { answerTo }) } };
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function text(status: number, sentence: string): Answer {
  return { status, lines: [sentence], json: { error: sentence } };
}

/** A message that only whoever asked sees. */
function message(sentence: string): Answer {
  return { status: 200, lines: [sentence], json: { response_type: 'ephemeral', text: sentence } };
}
