/**
 * PagerDuty's Events API v2, by its published description (github.com/PagerDuty/api-schema,
 * reference/events-v2/openapiv3.json): POST of `routing_key`, `event_action` (`trigger`, `acknowledge`, `resolve`),
 * `dedup_key` and, for a trigger, `payload` with `summary`, `severity` (`critical`, `error`, `warning`, `info`) and
 * `source`. 202 is accepted; 400 is a bad event and not to be repeated; 429, 5xx and a network error are to be repeated
 * after some time. A `summary` has at most 1024 characters, a `dedup_key` 255 (developer.pagerduty.com, Events API v2,
 * “Send an Alert Event”). Events of one `dedup_key` are one alert until it is resolved; a `resolve` without an open
 * alert changes nothing.
 */
import { createHash } from 'node:crypto';
import type { Severity } from '../policy/policy.ts';
import { flatten } from '../texts/escape.ts';
import { postJson, type PageEvent, type Way } from './way.ts';

export interface PagerDutySetup {
  /** The integration key: 32 characters, a secret. */
  readonly key: string;
  readonly url: string;
}

/** In characters of a string: Lastgood counts UTF-16 units, so as never to be above either way of counting. */
const MOST_SUMMARY = 1024;
const MOST_DEDUP_KEY = 255;

const SEVERITIES: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
};

export function pagerDutyWay({ key, url }: PagerDutySetup, fetch?: typeof globalThis.fetch): Way {
  return {
    async post(event) {
      const { errors, ...posted } = await postJson('PagerDuty', url, bodyOf(event, key), fetch);
      if (posted.kind !== 'refused' || errors === undefined) return posted;
      const said = errors.map((one) => flatten(one.replaceAll(key, '…'), 120)).join('; ');
      return { ...posted, why: `${posted.why} It says: ${said}` };
    },
  };
}

function bodyOf(event: PageEvent, key: string): object {
  const about = { routing_key: key, event_action: event.action, dedup_key: dedupKeyOf(event) };
  if (event.action === 'resolve') return about;
  const { repository, incident, severity, sentence, at } = event;
  return {
    ...about,
    client: 'Lastgood',
    payload: {
      summary: cut(sentence),
      source: repository ?? 'lastgood',
      severity: SEVERITIES[severity],
      timestamp: new Date(at).toISOString(),
      custom_details: { call: event.key, ...(incident !== undefined && { incident }), sentence },
    },
  };
}

/** One for all calls about an incident; one of its own for a call that is about none. At most 255 characters. */
export function dedupKeyOf(
  event: Pick<PageEvent, 'key' | 'repository' | 'repositoryId' | 'incident'>,
): string {
  const { key, repository = '', repositoryId = repository, incident } = event;
  const full = incident === undefined ? key : `lastgood ${repositoryId} ${incident}`;
  if (full.length <= MOST_DEDUP_KEY && /^[\x20-\x7e]*$/.test(full)) return full;
  return `lastgood ${createHash('sha256').update(full).digest('hex')}`;
}

/** A character is at most two UTF-16 units. */
function cut(sentence: string): string {
  const line = flatten(sentence, MOST_SUMMARY);
  return line.length <= MOST_SUMMARY ? line : flatten(sentence, MOST_SUMMARY / 2);
}
