/** Alerts as entries keep them: enough to decide about them again, when a policy is tried on what was. */
import { z } from 'zod';
import type { Alert } from '../alerts/alert.ts';
import { SEVERITIES } from '../policy/policy.ts';
import type { Json } from '../store/item.ts';
import type { Instant } from '../time.ts';
import type { JournalLine } from './chain.ts';

/** So much is kept of a text that an alert brought. */
const LONGEST = 300;
/** So many of one alert that were answered alike within an hour are kept one by one: one a minute. */
const MOST_REPEATED = 60;

type Facts = Readonly<Record<string, Json>>;

/** What an entry keeps of an alert. Labels and links are not kept: no decision rests on them. */
export function alertFacts(alert: Alert): Facts {
  const { name, source, severity, fingerprint, model, environment, version } = alert;
  const { format, status, receivedAt, startsAt, startAssumed, endsAt } = alert;
  const { summary, value, threshold } = alert;
  return {
    name,
    source,
    format,
    severity,
    status,
    fingerprint,
    model,
    ...(environment !== undefined && { environment }),
    startsAt: iso(startsAt),
    ...(startAssumed && { startAssumed }),
    ...(endsAt !== undefined && { endsAt: iso(endsAt) }),
    receivedAt: iso(receivedAt),
    ...(version !== undefined && { version }),
    ...(summary !== undefined && { summary: summary.slice(0, LONGEST) }),
    ...(value !== undefined && { value: value.slice(0, LONGEST) }),
    ...(threshold !== undefined && { threshold: threshold.slice(0, LONGEST) }),
  };
}

/** What may be another one when an alert comes again; the rest is as it was. */
const CHANGING = ['severity', 'status', 'startsAt', 'startAssumed', 'endsAt', 'version'] as const;

/**
 * Those that came again and were answered alike, with one more: of each when it came, and what is not as it was the
 * first time (null: it is not there any more). What is of another alert, or comes too often, is only counted.
 */
export function addRepeated(
  first: Json | undefined,
  known: readonly Facts[] = [],
  alert: Alert,
): readonly Facts[] {
  if (!isFacts(first) || known.length >= MOST_REPEATED || isOwn(alert)) return known;
  const facts = alertFacts(alert);
  const { source, fingerprint, receivedAt = null } = facts;
  if (source !== first['source'] || fingerprint !== first['fingerprint']) return known;
  // Decided about once more, without any news.
  if ([first, ...known].some((one) => one['receivedAt'] === receivedAt)) return known;
  const changed = CHANGING.filter((key) => facts[key] !== first[key]);
  return [
    ...known,
    { receivedAt, ...Object.fromEntries(changed.map((key) => [key, facts[key] ?? null])) },
  ];
}

/** Whether nobody sent it: a monitor of Lastgood's raised it, or Lastgood itself. What led to it can be replayed. */
export function isOwn({ format }: Pick<Alert, 'format'>): boolean {
  return format === 'monitor' || format === 'lastgood';
}

function isFacts(value: Json | undefined): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const moment = z.iso.datetime().transform((text): Instant => Date.parse(text));
const stored = z
  .object({
    name: z.string(),
    source: z.string(),
    format: z.enum([
      'alertmanager',
      'cloudevents',
      'generic',
      'repository_dispatch',
      'lastgood',
      'monitor',
    ]),
    severity: z.enum(SEVERITIES),
    status: z.enum(['firing', 'resolved']),
    fingerprint: z.string(),
    model: z.string(),
    environment: z.string().exactOptional(),
    startsAt: moment,
    startAssumed: z.literal(true).exactOptional(),
    endsAt: moment.exactOptional(),
    receivedAt: moment,
    version: z.string().exactOptional(),
    summary: z.string().exactOptional(),
    value: z.string().exactOptional(),
    threshold: z.string().exactOptional(),
  })
  .transform((one): Alert => ({ ...one, labels: {} }));

/** The alerts that an entry is about, in the order they came. What has another form is left out. Never throws. */
export function alertsIn({ kind, facts, repeats }: JournalLine): readonly Alert[] {
  const first = facts['alert'];
  if (kind !== 'decided' || !isFacts(first)) return [];
  const again: unknown = repeats?.alerts ?? [];
  const changes = Array.isArray(again) ? again.filter(isFacts) : [];
  return [{}, ...changes].flatMap((change) => {
    const whole = Object.entries({ ...first, ...change }).filter(([, value]) => value !== null);
    const read = stored.safeParse(Object.fromEntries(whole));
    return read.success ? [read.data] : [];
  });
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
