import type { Alert } from '../alerts/alert.ts';
import type { Evidence } from '../decision/decision.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import { SEVERITIES } from '../policy/policy.ts';

/** What the record keeps of the alert, in the normal form. */
export function evidenceOf(record: RollbackRecord): Evidence {
  const { name, source, severity } = record.alert;
  const alert: Alert = {
    source,
    format: 'generic',
    fingerprint: '',
    status: 'firing',
    name,
    model: record.target.model,
    environment: record.target.environment,
    severity: SEVERITIES.find((one) => one === severity) ?? 'low',
    startsAt: record.firstSeen,
    receivedAt: record.firstSeen,
    labels: {},
  };
  return { alert, firings: [record.firstSeen] };
}
