import { z } from 'zod';
import { describeFound, firstProblem, jsonPath } from '../alerts/field-problem.ts';
import { momentSchema } from '../alerts/normal-form.ts';
import { isEnvironment, isName } from '../target.ts';
import type { Instant } from '../time.ts';
import { readValue } from './pushed.ts';
import type { SampleProblem } from './sample-problem.ts';

/** The most samples that one delivery may carry. */
export const MOST_SAMPLES = 5_000;

/** A longer name than a policy can have names nothing. */
const LONGEST_NAME = 4_000;

/** One sample as a sender says it. */
export interface SentSample {
  /** Where it stands in the body. */
  readonly path: string;
  readonly repository?: string;
  readonly model: string;
  readonly environment?: string;
  readonly series: string;
  readonly at: Instant;
  /** As it was written. */
  readonly time: string;
  readonly value: number;
}

const nothing = <T>(value: T | null | '' | undefined): Exclude<T, ''> | undefined =>
  value === null || value === '' || value === undefined ? undefined : (value as Exclude<T, ''>);

const FIELDS = {
  repository: z
    .string({ error: 'a repository as "owner/name", or nothing' })
    .max(200, { error: 'a repository as "owner/name" in at most 200 characters' })
    .nullish()
    .transform(nothing),
  model: z.string({ error: 'the name of a model' }).refine(isName, {
    error: 'a model name: at most 100 letters, digits, ".", "_" and "-", a letter or digit first',
  }),
  environment: z
    .string({ error: 'the name of an environment, such as "production", or nothing' })
    .refine((text) => text === '' || isEnvironment(text), {
      error: 'an environment: names of letters, digits, ".", "_" and "-", joined by "/"',
    })
    .nullish()
    .transform(nothing),
  series: z
    .string({ error: 'the name of a pushed series, as the policy has it' })
    .min(1, { error: 'the name of a pushed series, as the policy has it' })
    .max(LONGEST_NAME, { error: `a name of at most ${LONGEST_NAME} characters` }),
  at: momentSchema,
  value: z.union([z.number(), z.enum(['NaN', '+Inf', '-Inf'])], {
    error: 'a number, or one of "NaN", "+Inf", "-Inf"',
  }),
};

const sampleSchema = z.strictObject(FIELDS, {
  error: (issue) =>
    issue.code === 'unrecognized_keys'
      ? `one of ${Object.keys(FIELDS).join(', ')}`
      : 'an object with the fields of a sample',
});

const envelopeSchema = z.strictObject(
  { samples: z.array(z.unknown(), { error: 'a list of samples' }) },
  { error: 'an object with nothing but "samples", a list of samples' },
);

/** What to write where a field is not what it should be. */
const SUGGESTIONS: Readonly<Record<string, string>> = {
  at: 'write it as RFC 3339 with a time zone: "2026-11-20T02:17:04Z"; a number could be seconds or milliseconds',
  value: 'write a JSON number, without quotes; what is no number as "NaN", "+Inf" or "-Inf"',
  series: 'copy the name after `series:` in the policy',
  model: 'copy the name after `model:` in the policy',
  environment: 'copy the name below `environments:` in the policy',
  repository: 'write it as GitHub does: "acme/models"',
};
const SHAPE = 'send {"samples": [{"model", "environment", "series", "at", "value"}]}';

export type SamplesReading =
  | { readonly ok: true; readonly samples: readonly SentSample[] }
  | { readonly ok: false; readonly problem: SampleProblem };

/**
 * Reads a body of samples: one, a list of them, or `{"samples": [...]}`. A mistake in any of them spoils the delivery:
 * a sender that writes one field wrongly writes all of them wrongly.
 */
export function readSamples(body: unknown): SamplesReading {
  if (Array.isArray(body)) return readEach(body, '$');
  if (typeof body !== 'object' || body === null) {
    const expected = 'a sample, a list of samples, or {"samples": [...]}';
    return refuse({ path: '$', expected, found: describeFound(body) }, SHAPE);
  }
  if (!Object.hasOwn(body, 'samples')) {
    const one = readOne(body, '$');
    return one.ok ? { ok: true, samples: [one.sample] } : one;
  }
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return refuse(firstProblem(envelope.error, body), SHAPE);
  return readEach(envelope.data.samples, '$.samples');
}

function readEach(items: readonly unknown[], base: string): SamplesReading {
  if (items.length > MOST_SAMPLES) {
    const problem: SampleProblem = {
      why: 'too-many',
      field: base,
      value: `a list of ${items.length}`,
      expected: `at most ${MOST_SAMPLES} samples in one delivery`,
      suggestion: 'send them in several deliveries',
    };
    return { ok: false, problem };
  }
  const samples: SentSample[] = [];
  for (const [index, item] of items.entries()) {
    const one = readOne(item, jsonPath(base, [index]));
    if (!one.ok) return one;
    samples.push(one.sample);
  }
  return { ok: true, samples };
}

function readOne(
  value: unknown,
  path: string,
): { readonly ok: true; readonly sample: SentSample } | ReturnType<typeof refuse> {
  const parsed = sampleSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = String(issue?.path[0] ?? '');
    return refuse(firstProblem(parsed.error, value, path), SUGGESTIONS[field] ?? SHAPE);
  }
  const { repository, model, environment, series, at, value: measured } = parsed.data;
  const sample: SentSample = {
    path,
    ...(repository !== undefined && { repository }),
    model,
    ...(environment !== undefined && { environment }),
    series,
    at: Date.parse(at),
    time: at,
    value: readValue(measured),
  };
  return { ok: true, sample };
}

function refuse(
  { path, expected, found }: ReturnType<typeof firstProblem>,
  suggestion: string,
): { readonly ok: false; readonly problem: SampleProblem } {
  const problem = { field: path, value: found, expected, suggestion };
  return { ok: false, problem: { why: 'field-invalid', ...problem } };
}
