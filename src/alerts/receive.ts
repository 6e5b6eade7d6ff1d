import type { IncomingHttpHeaders } from 'node:http';
import type { Instant } from '../time.ts';
import {
  bodyNotUnderstood,
  BODY_TOO_LARGE,
  NO_ALERTS,
  NOT_AUTHORISED,
  notTakenLine,
  takenLine,
  typeNotSupported,
} from '../texts/alerts.ts';
import type { AlertSource, Taken } from './alert.ts';
import { readAlertmanager } from './alertmanager.ts';
import { authenticate } from './authenticate.ts';
import { readBinaryEvent, readEventBatch, readStructuredEvent } from './cloudevents.ts';
import { hasEventHeaders } from './cloudevents-headers.ts';
import type { FieldProblem } from './field-problem.ts';
import { readGeneric } from './generic.ts';
import { readMediaType } from './read-media-type.ts';
import type { ReadAlert, ReadAlerts } from './read-alerts.ts';
import { readJson } from './read-json.ts';
import { resolveRepository } from './resolve-repository.ts';
import { allowTarget } from './allow-target.ts';
import { DEFAULT_LIMIT } from './take-delivery.ts';

/** The ways in over HTTP, by the last part of their path. */
export const WAYS_IN = ['alertmanager', 'generic'] as const;
export type WayIn = (typeof WAYS_IN)[number];

export interface Delivery {
  readonly format: WayIn;
  /** Names in lower case, as node:http gives them. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly sources: readonly AlertSource[];
  readonly now: Instant;
  /** The largest body, in bytes. */
  readonly limit?: number;
}

export type Received =
  | {
      readonly status: 202;
      /** The source that the credentials belong to. */
      readonly source: string;
      /** One line for each alert, in order, and then those about the delivery as a whole. */
      readonly lines: readonly string[];
      readonly taken: readonly Taken[];
    }
  | {
      readonly status: 400 | 401 | 413 | 415;
      readonly error: string;
      /** Which field of the body it is, with 400. */
      readonly problem?: FieldProblem;
      readonly taken: readonly [];
    };

type Reader = (body: unknown) => ReadAlerts;
type Chosen =
  { readonly ok: true; readonly read: Reader } | { readonly ok: false; readonly error: string };

const EVENT = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

/** Which reader the headers ask for. The media types of CloudEvents decide first, then the `ce-*` headers. */
function chooseReader(delivery: Delivery, source: string): Chosen {
  const { format, headers, now } = delivery;
  const context = { source, now };
  const expected = format === 'generic' ? ['application/json', EVENT, BATCH] : ['application/json'];
  const media = readMediaType(headers, expected);
  if (!media.ok) return media;
  const { type } = media;
  if (type.startsWith('application/cloudevents')) {
    if (format === 'generic' && type === EVENT) {
      return { ok: true, read: (body) => readStructuredEvent(body, context) };
    }
    if (format === 'generic' && type === BATCH) {
      return { ok: true, read: (body) => readEventBatch(body, context) };
    }
    return { ok: false, error: typeNotSupported(headers['content-type'], expected) };
  }
  if (format === 'alertmanager') {
    return { ok: true, read: (body) => readAlertmanager(body, { ...context, format }) };
  }
  if (hasEventHeaders(headers)) {
    return { ok: true, read: (body) => readBinaryEvent(headers, body, context) };
  }
  return { ok: true, read: (body) => readGeneric(body, { ...context, format }) };
}

function take(read: ReadAlert, index: number, source: AlertSource): Taken {
  if (!read.ok) return { taken: false, index, why: read.why, message: read.message };
  const resolved = resolveRepository(read.alert.repository, source);
  if (!resolved.ok) {
    return { taken: false, index, why: resolved.why, message: resolved.message };
  }
  const allowed = allowTarget(read.alert, source);
  if (!allowed.ok) return { taken: false, index, why: allowed.why, message: allowed.message };
  const { repository } = resolved;
  return { taken: true, alert: { ...read.alert, repository }, repository };
}

function lineOf(taken: Taken, index: number): string {
  return taken.taken
    ? takenLine(index, taken.alert, taken.repository)
    : notTakenLine(index, taken.message);
}

/**
 * Makes alerts of one HTTP delivery: who sent it, what it says, and which repository each alert speaks to. Changes
 * nothing and stores nothing; the same delivery gives the same answer. Credentials come before anything is parsed.
 */
export function receiveAlerts(delivery: Delivery): Received {
  const { body, headers, sources, now, limit = DEFAULT_LIMIT } = delivery;
  const refuse = (status: 400 | 401 | 413 | 415, error: string): Received => ({
    status,
    error,
    taken: [],
  });
  const misread = (problem: FieldProblem): Received => ({
    status: 400,
    error: bodyNotUnderstood(problem),
    problem,
    taken: [],
  });
  if (body.byteLength > limit) return refuse(413, BODY_TOO_LARGE);
  const source = authenticate(sources, headers, body, now);
  if (!source) return refuse(401, NOT_AUTHORISED);
  const chosen = chooseReader(delivery, source.name);
  if (!chosen.ok) return refuse(415, chosen.error);
  const json = readJson(body);
  if (!json.ok) return misread(json.problem);
  const read = chosen.read(json.value);
  if (!read.ok) return misread(read.problem);
  const taken = read.alerts.map((alert, index) => take(alert, index, source));
  const lines = [...taken.map(lineOf), ...read.notes];
  return { status: 202, source: source.name, lines: lines.length > 0 ? lines : [NO_ALERTS], taken };
}
