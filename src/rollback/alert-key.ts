import type { Alert } from '../alerts/alert.ts';

/** Names one alert among those of all sources. */
export function alertKey(alert: Pick<Alert, 'source' | 'fingerprint'>): string {
  return JSON.stringify([alert.source, alert.fingerprint]);
}
