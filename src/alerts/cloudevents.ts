import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { cleanText } from './clean-text.ts';
import { readAttributes } from './cloudevents-headers.ts';
import { describeFound, firstProblem, jsonPath } from './field-problem.ts';
import { readNormalForm } from './generic.ts';
import { isJson, parseMediaType } from './media-type.ts';
import { optionalMoment } from './normal-form.ts';
import type { ReadContext } from './normalize.ts';
import { readEach, type ReadAlerts, type ReadOne } from './read-alerts.ts';
import { readJson } from './read-json.ts';

/** The types of event that are alerts; the type decides whether it fires. */
export const EVENT_TYPES = {
  'dev.lastgood.alert.firing': 'firing',
  'dev.lastgood.alert.resolved': 'resolved',
} as const;

type EventType = keyof typeof EVENT_TYPES;

/** The context attributes of CloudEvents 1.0 that are used; extensions are of no interest. */
const attributesSchema = z.object(
  {
    specversion: z.literal('1.0', { error: '"1.0"' }),
    type: z.enum(Object.keys(EVENT_TYPES) as [EventType, ...EventType[]], {
      error: Object.keys(EVENT_TYPES).join(' or '),
    }),
    source: z.string({ error: 'text' }).min(1, { error: 'text' }),
    id: z.string({ error: 'text' }).min(1, { error: 'text' }),
    time: optionalMoment,
    datacontenttype: z
      .string({ error: 'a media type for JSON, or nothing' })
      .refine((value) => isJson(parseMediaType(value).type), {
        error: 'a media type for JSON, or nothing',
      })
      .nullish(),
  },
  { error: 'an object, one CloudEvent' },
);

type Attributes = z.infer<typeof attributesSchema>;
type Context = Omit<ReadContext, 'format'>;

/** Reads the data of an event: the normal form, whose status is the event's type. */
function readData(data: unknown, path: string, event: Attributes, context: Context): ReadOne {
  const status = EVENT_TYPES[event.type];
  const refuse = (at: string, expected: string, found: unknown): ReadOne => ({
    ok: false,
    problem: { path: at, expected, found: describeFound(found) },
  });
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return refuse(path, 'an object with the fields of an alert', data);
  }
  if ('status' in data && data.status !== status) {
    return refuse(
      jsonPath(path, ['status']),
      `"${status}" as the type says, or nothing`,
      data.status,
    );
  }
  return readNormalForm({ ...data, status }, path, {
    ...context,
    format: 'cloudevents',
    delivery: cleanText(`${event.source} ${event.id}`, 500),
    ...(event.time !== undefined && { sentAt: Date.parse(event.time) }),
  });
}

/** Reads one event in the JSON format: data inline, or in Base64. */
function readEvent(value: unknown, path: string, context: Context): ReadOne {
  const parsed = attributesSchema.safeParse(value);
  if (!parsed.success) return { ok: false, problem: firstProblem(parsed.error, value, path) };
  const { data, data_base64: encoded } = value as { data?: unknown; data_base64?: unknown };
  if (encoded === undefined || encoded === null) {
    return readData(data, jsonPath(path, ['data']), parsed.data, context);
  }
  const at = jsonPath(path, ['data_base64']);
  const expected = 'JSON in Base64, and no "data" beside it';
  const bytes = z.base64().safeParse(encoded);
  if (!bytes.success || data !== undefined) {
    return { ok: false, problem: { path: at, expected, found: describeFound(encoded) } };
  }
  const decoded = readJson(Buffer.from(bytes.data, 'base64'), at);
  return decoded.ok ? readData(decoded.value, at, parsed.data, context) : decoded;
}

/** Reads `application/cloudevents+json`: one event with its attributes in the body. */
export function readStructuredEvent(body: unknown, context: Context): ReadAlerts {
  const one = readEvent(body, '$', context);
  return one.ok ? { ok: true, alerts: [one], notes: [] } : one;
}

/** Reads `application/cloudevents-batch+json`: a list of events. */
export function readEventBatch(body: unknown, context: Context): ReadAlerts {
  if (!Array.isArray(body)) {
    const problem = { path: '$', expected: 'a list of CloudEvents', found: describeFound(body) };
    return { ok: false, problem };
  }
  return readEach(body, '$', (item, path) => readEvent(item, path, context));
}

/** Reads an event in binary mode: attributes in `ce-*` headers, data as the body. */
export function readBinaryEvent(
  headers: IncomingHttpHeaders,
  body: unknown,
  context: Context,
): ReadAlerts {
  const read = readAttributes(headers);
  if (!read.ok) return read;
  const { datacontenttype, ...attributes } = read.attributes;
  if (datacontenttype !== undefined) {
    const expected = 'no such header: Content-Type says it in binary mode';
    const found = describeFound(datacontenttype);
    return { ok: false, problem: { path: 'ce-datacontenttype', expected, found } };
  }
  const parsed = attributesSchema.safeParse(attributes);
  if (!parsed.success) {
    const { path, ...problem } = firstProblem(parsed.error, attributes);
    return { ok: false, problem: { ...problem, path: path.replace('$.', 'ce-') } };
  }
  const one = readData(body, '$', parsed.data, context);
  return one.ok ? { ok: true, alerts: [one], notes: [] } : one;
}
