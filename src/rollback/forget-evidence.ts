import type { Evidence } from '../decision/decision.ts';
import { DAY, type Instant } from '../time.ts';

/** How long it is known that an alert resolved: a late notification from before must not revive it. */
const RESOLVED_KEPT = DAY;

/** So many alerts of one repository are kept apart. */
export const MOST_ALERTS = 4_000;

/**
 * Forgets alerts that resolved long ago, and when there are too many all the same, those heard of longest ago: a storm
 * must not fill the memory.
 */
export function forgetOld(evidence: Map<string, Evidence>, now: Instant, most = MOST_ALERTS): void {
  if (evidence.size <= most) return;
  for (const [key, { alert }] of evidence) {
    if (alert.status === 'resolved' && now - alert.receivedAt > RESOLVED_KEPT) evidence.delete(key);
  }
  if (evidence.size <= most) return;
  const oldest = [...evidence].sort(([, a], [, b]) => a.alert.receivedAt - b.alert.receivedAt);
  for (const [key] of oldest.slice(0, evidence.size - most)) evidence.delete(key);
}
