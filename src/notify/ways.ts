import type { PagerDutySetup } from './pagerduty-way.ts';
import { pagerDutyWay } from './pagerduty-way.ts';
import type { Way } from './way.ts';
import { webhookWay } from './webhook-way.ts';

/** A way to people by its name. */
export type WayName = 'webhook' | 'pagerduty';

/** The lane of each way: its calls go one after another, as they came. */
const LANES: Readonly<Record<string, WayName>> = { pages: 'webhook', pagerduty: 'pagerduty' };

/** The lanes of calls that are posted. */
export const PAGE_LANES: readonly string[] = Object.keys(LANES);

/** The setting that says where a way goes. */
export const SETTINGS: Readonly<Record<WayName, string>> = {
  webhook: 'LASTGOOD_PAGE_URL',
  pagerduty: 'LASTGOOD_PAGERDUTY_KEY',
};

/** The way of a lane; undefined for any other lane. */
export function wayOf(lane: string): WayName | undefined {
  return Object.hasOwn(LANES, lane) ? LANES[lane] : undefined;
}

/** Where calls are posted; what is absent is not set up. */
export interface PageSettings {
  /** May have a secret in it. */
  readonly pageUrl?: string;
  readonly pagerDuty?: PagerDutySetup;
}

export type Ways = Readonly<Partial<Record<WayName, Way>>>;

export function createWays({ pageUrl, pagerDuty }: PageSettings): Ways {
  return {
    ...(pageUrl !== undefined && { webhook: webhookWay(pageUrl) }),
    ...(pagerDuty && { pagerduty: pagerDutyWay(pagerDuty) }),
  };
}
