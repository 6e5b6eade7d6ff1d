import { z } from 'zod';
import { labelInvalid, labelMissing, leftOut, startsInFuture } from '../texts/alerts.ts';
import { safeLink } from './clean-text.ts';
import { firstProblem } from './field-problem.ts';
import { labelsSchema, optionalMoment, statusSchema } from './normal-form.ts';
import { normalize, type FieldMistake, type ReadContext } from './normalize.ts';
import { MAX_ALERTS, type ReadAlert, type ReadAlerts } from './read-alerts.ts';

const annotationsSchema = z
  .record(z.string(), z.string({ error: 'text' }), { error: 'an object of texts' })
  .nullish()
  .transform((annotations) => annotations ?? {});

const alertSchema = z.object(
  {
    status: statusSchema,
    labels: labelsSchema,
    annotations: annotationsSchema,
    startsAt: optionalMoment,
    endsAt: optionalMoment,
    generatorURL: z.string({ error: 'text, or nothing' }).nullish(),
    fingerprint: z.string({ error: 'text, or nothing' }).nullish(),
  },
  { error: 'an object with the fields of an alert' },
);

/** Only what is used of Alertmanager's webhook message, version 4. */
const messageSchema = z.object(
  {
    alerts: z
      .array(alertSchema, { error: 'a list of alerts' })
      .max(MAX_ALERTS, { error: `at most ${MAX_ALERTS} alerts in one delivery` }),
    truncatedAlerts: z.number({ error: 'a number, or nothing' }).nullish(),
  },
  { error: "an object, Alertmanager's webhook message" },
);

/** The labels and annotations that are read, the first one that is there wins. */
const LABELS = {
  name: ['alertname'],
  model: ['model'],
  environment: ['environment', 'env'],
  version: ['model_version', 'version'],
  repository: ['repository', 'repo'],
  severity: ['severity'],
} as const;
const LINKS = ['dashboard', 'dashboard_url', 'runbook_url', 'runbook'] as const;

type Texts = Readonly<Record<string, string>>;

/** To Prometheus an empty label is the same as none. */
function firstOf(texts: Texts, names: readonly string[]): string | undefined {
  const name = names.find((name) => Object.hasOwn(texts, name) && texts[name] !== '');
  return name === undefined ? undefined : texts[name];
}

function isLabelField(field: string): field is keyof typeof LABELS {
  return Object.hasOwn(LABELS, field);
}

function refuse(mistake: FieldMistake, labels: Texts): ReadAlert {
  const { field, expected, found } = mistake;
  if (field === 'startsAt') {
    return { ok: false, why: 'starts-in-future', message: startsInFuture(found) };
  }
  const names = isLabelField(field) ? LABELS[field] : [field];
  const name = names.find((name) => firstOf(labels, [name]) !== undefined) ?? field;
  return { ok: false, why: 'label-invalid', message: labelInvalid(name, expected, found) };
}

/** What a person on call wants first: the dashboard, the runbook, then the expression that fired. */
function pickLink(annotations: Texts, generator: string | null | undefined): string | undefined {
  const links = [...LINKS.map((name) => firstOf(annotations, [name])), generator ?? undefined];
  return links.find((link) => link !== undefined && safeLink(link) !== undefined);
}

function readOne(said: z.infer<typeof alertSchema>, context: ReadContext): ReadAlert {
  const { labels, annotations } = said;
  const name = firstOf(labels, LABELS.name);
  const model = firstOf(labels, LABELS.model);
  const severity = firstOf(labels, LABELS.severity);
  const missing = (label: string): ReadAlert => ({
    ok: false,
    why: 'label-missing',
    message: labelMissing(label),
  });
  if (name === undefined) return missing('alertname');
  if (model === undefined) return missing('model');
  if (severity === undefined) return missing('severity');
  const normalized = normalize(
    {
      status: said.status,
      name,
      model,
      environment: firstOf(labels, LABELS.environment),
      version: firstOf(labels, LABELS.version),
      repository: firstOf(labels, LABELS.repository),
      severity,
      startsAt: said.startsAt,
      endsAt: said.endsAt,
      fingerprint: said.fingerprint || undefined,
      summary: firstOf(annotations, ['summary', 'description']),
      value: firstOf(annotations, ['value']),
      threshold: firstOf(annotations, ['threshold']),
      link: pickLink(annotations, said.generatorURL),
      labels,
    },
    context,
  );
  return normalized.ok ? normalized : refuse(normalized.mistake, labels);
}

/**
 * Reads what Alertmanager posts to a webhook. An alert that lacks a label, or has one that cannot be used, is not
 * taken by itself: a delivery groups alerts of many rules, and one mistaken rule must not silence the others.
 */
export function readAlertmanager(body: unknown, context: ReadContext): ReadAlerts {
  const parsed = messageSchema.safeParse(body);
  if (!parsed.success) return { ok: false, problem: firstProblem(parsed.error, body) };
  const dropped = parsed.data.truncatedAlerts ?? 0;
  return {
    ok: true,
    alerts: parsed.data.alerts.map((alert) => readOne(alert, context)),
    notes: dropped > 0 ? [leftOut(dropped)] : [],
  };
}
