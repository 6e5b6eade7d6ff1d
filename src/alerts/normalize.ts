import { isEnvironment, isName } from '../target.ts';
import { MINUTE, type Instant } from '../time.ts';
import type { Alert } from './alert.ts';
import { cleanText, isPlain, MAX_LABELS, safeLink, TEXT_LIMITS } from './clean-text.ts';
import { describeFound } from './field-problem.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { AlertField, AlertFields } from './normal-form.ts';
import { parseSeverity, SEVERITY_WORDS } from './severity.ts';

/** A sender's clock may be ahead of ours by so much; an alert that begins later than that is refused. */
export const CLOCK_AHEAD = 5 * MINUTE;

/** What is known of an alert beside what it says. */
export interface ReadContext {
  /** The name of the authenticated source. */
  readonly source: string;
  readonly format: Alert['format'];
  readonly now: Instant;
  /** The sender's own id of the notification, and when it says that it sent it. */
  readonly delivery?: string;
  readonly sentAt?: Instant;
}

export interface FieldMistake {
  readonly field: AlertField;
  readonly expected: string;
  readonly found: string;
}

export type Normalized =
  | { readonly ok: true; readonly alert: Alert }
  | { readonly ok: false; readonly mistake: FieldMistake };

type Check = readonly [
  field: AlertField,
  good: (value: string, context: ReadContext) => boolean,
  expected: string,
];

/** What a field must be to be used as it is: compared, put into a branch name, or deciding what may merge. */
const CHECKS: readonly Check[] = [
  ['name', (value) => cleanText(value, TEXT_LIMITS.name) !== '', 'the name of the alert'],
  [
    'model',
    isName,
    'a model name: at most 100 letters, digits, ".", "_" and "-", a letter or digit first',
  ],
  [
    'environment',
    isEnvironment,
    'an environment: names of letters, digits, ".", "_" and "-", joined by "/"',
  ],
  [
    'version',
    (value) => isPlain(value, TEXT_LIMITS.name),
    `a version in at most ${TEXT_LIMITS.name} characters, without blanks around it`,
  ],
  [
    'repository',
    (value) => isPlain(value, TEXT_LIMITS.name),
    `"owner/name" in at most ${TEXT_LIMITS.name} characters`,
  ],
  ['severity', (value) => parseSeverity(value) !== undefined, SEVERITY_WORDS],
  [
    'fingerprint',
    (value) => isPlain(value, TEXT_LIMITS.name),
    `at most ${TEXT_LIMITS.name} characters, none of them invisible`,
  ],
  [
    'startsAt',
    (value, { now }) => Date.parse(value) <= now + CLOCK_AHEAD,
    'a time at most 5 minutes ahead of this clock',
  ],
];

function findMistake(fields: AlertFields, context: ReadContext): FieldMistake | undefined {
  for (const [field, good, expected] of CHECKS) {
    const value = fields[field];
    if (typeof value !== 'string' || good(value, context)) continue;
    const clock = field === 'startsAt' ? ` at ${new Date(context.now).toISOString()}` : '';
    return { field, expected, found: `${describeFound(value)}${clock}` };
  }
  return undefined;
}

function cleanLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_LABELS)
    .map(([key, value]) => [cleanText(key, 100), cleanText(value, TEXT_LIMITS.label)] as const);
  return Object.fromEntries(kept);
}

/** Texts for people: cut and stripped, left out when nothing remains. */
function shownTexts(fields: AlertFields): Pick<Alert, 'summary' | 'value' | 'threshold' | 'link'> {
  const summary = fields.summary && cleanText(fields.summary, TEXT_LIMITS.summary);
  const value = fields.value && cleanText(fields.value, TEXT_LIMITS.value);
  const threshold = fields.threshold && cleanText(fields.threshold, TEXT_LIMITS.value);
  const link = fields.link && safeLink(fields.link);
  return {
    ...(summary && { summary }),
    ...(value && { value }),
    ...(threshold && { threshold }),
    ...(link && { link }),
  };
}

/** When it began and ended. Without a start it began, as far as is known, when this notification was sent. */
function moments(fields: AlertFields, context: ReadContext) {
  const sent = Math.min(context.sentAt ?? context.now, context.now);
  const start =
    fields.startsAt === undefined
      ? { startsAt: sent, startAssumed: true as const }
      : { startsAt: Date.parse(fields.startsAt) };
  if (fields.status === 'firing') return start;
  return { ...start, endsAt: fields.endsAt === undefined ? sent : Date.parse(fields.endsAt) };
}

/**
 * Makes an alert of what a sender says, or names the first field that cannot be used. A link that is not http or
 * https is left out rather than refused: the alert matters more.
 */
export function normalize(fields: AlertFields, context: ReadContext): Normalized {
  const mistake = findMistake(fields, context);
  if (mistake) return { ok: false, mistake };
  const severity = parseSeverity(fields.severity);
  if (!severity) {
    const found = describeFound(fields.severity);
    return { ok: false, mistake: { field: 'severity', expected: SEVERITY_WORDS, found } };
  }
  const { environment, version, repository } = fields;
  const name = cleanText(fields.name, TEXT_LIMITS.name);
  const said = {
    ...(environment !== undefined && { environment }),
    ...(version !== undefined && { version }),
    ...(repository !== undefined && { repository }),
  };
  const labels = fields.labels ?? {};
  const { source, format, now: receivedAt, delivery } = context;
  const alert: Alert = {
    source,
    format,
    fingerprint:
      fields.fingerprint ??
      fingerprintOf({
        source,
        name,
        model: fields.model,
        environment,
        version,
        repository,
        labels,
      }),
    status: fields.status,
    name,
    model: fields.model,
    ...said,
    severity,
    ...moments(fields, context),
    receivedAt,
    ...(delivery !== undefined && { delivery }),
    ...shownTexts(fields),
    labels: cleanLabels(labels),
  };
  return { ok: true, alert };
}
