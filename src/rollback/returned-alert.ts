import type { Alert } from '../alerts/alert.ts';
import type { Decision } from '../decision/decision.ts';
import type { Severity, TargetPolicy } from '../policy/policy.ts';
import { versionName, shortCommit } from '../texts/names.ts';
import { returnedSentence } from '../texts/returned.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { Return } from './find-return.ts';

/** What every return is called, where alerts are named. */
export const RETURNED = 'QuarantinedVersionReturned';

/** A production that runs what was rolled back from needs somebody, though nothing says yet that it misbehaves. */
export const RETURNED_SEVERITY: Severity = 'high';

const AGAIN = 'again';
const COMMIT = 'commit';
const VERSION = 'version';

/**
 * A return in the form of an alert, so that it goes the way of every alert: the same guards, the same record. Its
 * format is one that nobody can send. It fires from the moment of its release, as long as that runs.
 */
export function returnedAlert(
  { target }: Pick<TargetPolicy, 'target'>,
  returned: Return,
  { again, now }: { readonly again: boolean; readonly now: Instant },
): Alert {
  const { release } = returned;
  return {
    source: 'lastgood',
    format: 'lastgood',
    fingerprint: `returned ${targetKey(target)} ${release.commit}`,
    status: 'firing',
    name: RETURNED,
    model: target.model,
    environment: target.environment,
    severity: RETURNED_SEVERITY,
    startsAt: release.at,
    // A commit may be dated ahead of the clock.
    receivedAt: Math.max(now, release.at),
    summary: returnedSentence(returned),
    labels: {
      [COMMIT]: release.commit,
      [VERSION]: versionName(returned.suspect),
      ...(again && { [AGAIN]: 'yes' }),
    },
  };
}

/** The commit that a return is about; undefined for every other alert. */
export function returnedWith(alert: Pick<Alert, 'format' | 'labels'>): string | undefined {
  return alert.format === 'lastgood' ? alert.labels[COMMIT] : undefined;
}

/**
 * The policy that answers an alert: the target's own. A return is answered as `onReturn` says, at once; once it was
 * answered and came again, people are told and nothing else.
 */
export function answeringPolicy(policy: TargetPolicy, alert: Alert): TargetPolicy {
  if (returnedWith(alert) === undefined) return policy;
  const act = alert.labels[AGAIN] === undefined ? policy.onReturn : 'notify';
  return {
    ...policy,
    respond: { critical: act, high: act, medium: act, low: act },
    evidence: { consecutive: 1, minAge: 0 },
  };
}

/** The decision, with the return as its reason where nothing else is. */
export function asReturn(decision: Decision, alert: Alert): Decision {
  if (returnedWith(alert) === undefined || decision.reason !== 'policy') return decision;
  const facts = {
    version: alert.labels[VERSION] ?? '',
    commit: shortCommit(alert.labels[COMMIT] ?? ''),
    ...(alert.labels[AGAIN] !== undefined && { again: 1 }),
  };
  return { ...decision, reason: 'returned', facts };
}
