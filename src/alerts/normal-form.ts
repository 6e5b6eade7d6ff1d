import { z } from 'zod';
import { NUMBER_LOSES_DIGITS } from '../texts/alerts.ts';

/** What an alert says, as text and not yet judged: every format is brought to this first. */
export interface AlertFields {
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly model: string;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  readonly repository?: string | undefined;
  readonly severity: string;
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly summary?: string | undefined;
  readonly value?: string | undefined;
  readonly threshold?: string | undefined;
  readonly link?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export type AlertField = keyof AlertFields;

/** Text, or absent: an empty one and `null` say the same as none. */
function text(expected: string) {
  return z
    .string({ error: expected })
    .nullish()
    .transform((value) => (value === null || value === '' ? undefined : value));
}

function required(expected: string) {
  return z.string({ error: expected }).min(1, { error: expected });
}

/** A measured value: shown, never compared, so a number may come as a number. */
const measured = z
  .union([z.string(), z.number()], { error: 'text or a number' })
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value?.toString()));

/** A moment as RFC 3339 writes it, with a time zone. */
export const momentSchema = z.iso.datetime({
  offset: true,
  error: 'a time such as "2026-11-20T02:17:04Z"',
});

/** An absent moment may be written as null, as an empty text, or as Go's zero time. */
export const optionalMoment = z
  .union(
    [
      z.null().transform(() => undefined),
      z.literal('').transform(() => undefined),
      z.literal('0001-01-01T00:00:00Z').transform(() => undefined),
      momentSchema,
    ],
    { error: 'a time such as "2026-11-20T02:17:04Z"' },
  )
  .optional();

export const statusSchema = z.enum(['firing', 'resolved'], {
  error: '"firing" or "resolved"',
});

export const labelsSchema = z.record(z.string(), z.string({ error: NUMBER_LOSES_DIGITS }), {
  error: 'an object of texts',
});

const FIELDS = {
  name: required('the name of the alert, such as "ModelDrift"'),
  model: required('the name of a model, such as "fraud-scorer"'),
  environment: text('the name of an environment, such as "production", or nothing'),
  version: text(NUMBER_LOSES_DIGITS),
  repository: text('a repository as "owner/name", or nothing'),
  severity: required('a severity, such as "critical"'),
  startsAt: optionalMoment,
  endsAt: optionalMoment,
  fingerprint: text('text, or nothing'),
  summary: text('text, or nothing'),
  value: measured,
  threshold: measured,
  link: text('an http or https address, or nothing'),
  labels: labelsSchema.nullish().transform((labels) => labels ?? undefined),
};

/** One alert in the normal form. Unknown fields are refused: a mistyped `environment` must not pass for none. */
export const normalFormSchema = z.strictObject(
  { status: statusSchema, ...FIELDS },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `one of status, ${Object.keys(FIELDS).join(', ')}`
        : 'an object with the fields of an alert',
  },
);
