/**
 * The HTTP side of GitHub's webhooks: a handler to put in front of others, which takes one path.
 *
 * Properties: nothing of a body is believed, parsed or logged before its signature is; a sender without the secret
 * costs at most one body of the limit; nothing is acknowledged before `receive` has taken it, so that GitHub lists
 * what was not as failed and it can be delivered again (GitHub reality 17).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { answer, answerAndClose, type Answer } from '../alerts/answer.ts';
import { isJson, parseMediaType } from '../alerts/media-type.ts';
import { readBody, type BodyReading } from '../alerts/read-body.ts';
import { readJson } from '../alerts/read-json.ts';
import {
  BODY_CROWDED_OUT,
  BODY_TOO_LARGE,
  BODY_TOO_SLOW,
  bodyNotUnderstood,
  neverStored,
} from '../texts/alerts.ts';
import {
  FAILED,
  WEBHOOK_NOT_AN_OBJECT,
  WEBHOOK_NOT_JSON,
  WEBHOOK_NOT_NAMED,
  WEBHOOK_NOT_SIGNED,
  WEBHOOK_NOT_STORED,
  webhookMethod,
} from '../texts/http.ts';
import type { Milliseconds } from '../time.ts';
import { explainNotStored, type NotStored } from './not-stored.ts';
import { findShapeProblem } from './webhook-shape.ts';

/** A webhook as GitHub sent it, its signature checked. */
export interface Webhook {
  /** `X-GitHub-Delivery`: the same when GitHub delivers again. */
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What became of a delivery, for the log. */
export type WebhookEvent =
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly status: number;
      readonly id: string;
      readonly name: string;
      readonly error: unknown;
    }
  | { readonly kind: 'cut-off' };

export interface WebhookOptions {
  readonly path: string;
  /** What GitHub signs with. */
  readonly secret: string;
  /** Must cope with the same delivery twice. */
  readonly receive: (webhook: Webhook) => Promise<void>;
  readonly bodyTimeout: Milliseconds;
  /** In bytes. Default: the most that GitHub sends. */
  readonly limit?: number;
  readonly report: (event: WebhookEvent) => void;
}

/** GitHub sends no payload above 25 MB. */
const LARGEST = 25 * 1_048_576;

type Named = Pick<Webhook, 'id' | 'name'> & { readonly signature: string };

/** Answers whether the request was for it; if not, it has not been touched. Never throws. */
export function createWebhookReceiver(
  options: WebhookOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  const { path, secret, receive, bodyTimeout, limit = LARGEST, report } = options;

  /**
   * Checks a body and hands over what it says. By itself, so that the body and all it became are out of memory while
   * that is being stored: many deliveries wait for one write.
   */
  const begin = (
    { id, name, signature }: Named,
    body: Buffer,
  ): Answer | { readonly taken: Promise<void> } => {
    if (!isSigned(body, secret, signature)) return plain(401, WEBHOOK_NOT_SIGNED);
    const json = readJson(body);
    if (!json.ok || !isObject(json.value)) return plain(400, WEBHOOK_NOT_AN_OBJECT);
    const problem = findShapeProblem(name, json.value);
    if (problem) return plain(400, bodyNotUnderstood(problem));
    const webhook = { id, name, payload: json.value };
    return { taken: (async () => receive(webhook))() };
  };

  return async (req, res) => {
    if (req.url?.split('?', 1)[0] !== path) return false;
    const refuse = (refusal: Answer, how: typeof answer = answer): true => {
      report({ kind: 'refused', status: refusal.status, why: refusal.lines.join(' ') });
      how(req, res, refusal);
      return true;
    };
    const named = readHead(req);
    if ('status' in named) return refuse(named, answerAndClose);

    let reading: BodyReading | undefined = await readBody(req, limit, bodyTimeout);
    if (reading.kind === 'too-large') return refuse(plain(413, BODY_TOO_LARGE), answerAndClose);
    if (reading.kind === 'crowded-out') {
      return refuse(plain(503, BODY_CROWDED_OUT, { 'retry-after': '5' }), answerAndClose);
    }
    if (reading.kind === 'too-slow') return refuse(plain(408, BODY_TOO_SLOW), answerAndClose);
    if (reading.kind === 'cut-off') {
      report({ kind: 'cut-off' });
      return true;
    }

    const { id, name } = named;
    const begun = begin(named, reading.body);
    reading = undefined;
    if ('status' in begun) return refuse(begun);
    try {
      await begun.taken;
    } catch (error) {
      const why = explainNotStored(error);
      const refusal = answerNotStored(why);
      report({ kind: 'failed', status: refusal.status, id, name, error: why.error });
      answer(req, res, refusal);
      return true;
    }
    answer(req, res, plain(202, 'Taken.'));
    return true;
  };
}

/** GitHub lists it as failed, with the status, so that it can be delivered again (GitHub reality 17). */
function answerNotStored(why: NotStored): Answer {
  switch (why.kind) {
    case 'later':
      return plain(503, WEBHOOK_NOT_STORED, { 'retry-after': String(why.retryAfter) });
    case 'never':
      return plain(422, neverStored(why.sentence));
    case 'failed':
      return plain(500, FAILED);
  }
}

/** What the head says: which delivery of what, or why it is refused without reading on. */
function readHead({ method = '', headers }: IncomingMessage): Named | Answer {
  if (method !== 'POST') return plain(405, webhookMethod(method), { allow: 'POST' });
  const type = headers['content-type'];
  if (type === undefined || !isJson(parseMediaType(type).type)) {
    return plain(415, WEBHOOK_NOT_JSON);
  }
  const signature = one(headers, 'x-hub-signature-256', /^sha256=[0-9a-f]{64}$/);
  if (signature === undefined) return plain(401, WEBHOOK_NOT_SIGNED);
  const name = one(headers, 'x-github-event', /^[a-z][a-z0-9_]{0,99}$/);
  const id = one(headers, 'x-github-delivery', /^[\w-]{1,100}$/);
  if (name === undefined || id === undefined) return plain(400, WEBHOOK_NOT_NAMED);
  return { id, name, signature };
}

function one(headers: IncomingHttpHeaders, name: string, shape: RegExp): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}

/** Whether the body carries its signature, made with the secret; compared in a time that says nothing of it. */
function isSigned(body: Buffer, secret: string, signature: string): boolean {
  if (body.byteLength === 0) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature.slice('sha256='.length), 'hex'));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(status: number, sentence: string, headers?: Answer['headers']): Answer {
  return { status, lines: [sentence], json: { error: sentence }, ...(headers && { headers }) };
}
