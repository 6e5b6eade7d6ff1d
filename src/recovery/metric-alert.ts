import type { Alert } from '../alerts/alert.ts';
import type { Evidence } from '../decision/decision.ts';
import { alertKey } from '../rollback/alert-key.ts';
import { seeAlerts } from '../rollback/see-alerts.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import type { Instant } from '../time.ts';
import type { Recovery } from './recovery.ts';

/** What it is called, where alerts are named, that metrics alone tell that a rollback did not help. */
export const NOT_RECOVERED = 'ModelNotRecovered';

/**
 * That metrics say that a rollback did not help, in the form of an alert, so that what follows goes the way of every
 * alert: the same guards, the same record. Its format is one that nobody can send. It fires until they say otherwise.
 */
export function metricEvidence(
  workspace: Workspace,
  recovery: Recovery,
  seen: string,
  now: Instant,
): Evidence | undefined {
  const { illSince } = recovery;
  if (illSince === undefined) return undefined;
  const alert = alertOf(recovery, 'firing', illSince, now, seen);
  const key = alertKey(alert);
  const known = workspace.evidence.get(key);
  if (known?.alert.status === 'firing') return known;
  const evidence: Evidence = { alert, firings: [now] };
  workspace.evidence.set(key, evidence);
  workspace.evidenceSeen += 1;
  return evidence;
}

/** Ends that alert, if it fires, because metrics say otherwise, or because another release runs. */
export function endMetricAlert(workspace: Workspace, ports: Ports, recovery: Recovery): void {
  const now = ports.clock();
  const alert = alertKey(alertOf(recovery, 'resolved', now, now));
  const known = workspace.evidence.get(alert);
  if (known?.alert.status !== 'firing') return;
  seeAlerts(workspace.evidence, [alertOf(recovery, 'resolved', known.alert.startsAt, now)]);
  workspace.evidenceSeen += 1;
  ports.later({ kind: 'reconsider', alert, telling: 'always', attempts: 1 }, now);
}

function alertOf(
  { branch, target, severity }: Recovery,
  status: Alert['status'],
  startsAt: Instant,
  now: Instant,
  summary?: string,
): Alert {
  return {
    source: 'lastgood',
    format: 'lastgood',
    fingerprint: `not-recovered ${branch}`,
    status,
    name: NOT_RECOVERED,
    model: target.model,
    environment: target.environment,
    severity,
    startsAt,
    receivedAt: now,
    ...(status === 'resolved' && { endsAt: now }),
    ...(summary !== undefined && { summary }),
    labels: {},
  };
}
