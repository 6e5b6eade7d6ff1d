import type { Evidence } from '../../decision/decision.ts';
import { SEVERITIES } from '../../policy/policy.ts';

/** The alerts to tell of where there may be thousands: the most severe first, and of those the newest. Pure. */
export function chooseAlerts(all: readonly Evidence[], most: number): readonly Evidence[] {
  if (all.length <= most) return all;
  const rank = ({ alert }: Evidence): number => SEVERITIES.indexOf(alert.severity);
  return all
    .toSorted((a, b) => rank(a) - rank(b) || b.alert.receivedAt - a.alert.receivedAt)
    .slice(0, most);
}
