import type { Alert } from '../alerts/alert.ts';
import { seeAlert } from '../alerts/evidence.ts';
import type { Evidence } from '../decision/decision.ts';
import { alertKey } from './alert-key.ts';

/** Adds alerts to what was seen before. Answers their keys, each once, in the order of their first coming. */
export function seeAlerts(
  evidence: Map<string, Evidence>,
  alerts: readonly Alert[],
): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const alert of alerts) {
    const key = alertKey(alert);
    evidence.set(key, seeAlert(evidence.get(key), alert));
    keys.add(key);
  }
  return keys;
}
