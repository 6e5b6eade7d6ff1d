import type { Alert } from '../alerts/alert.ts';
import type { Request } from '../monitors/evaluate.ts';
import type { Judgement } from '../monitors/judgement.ts';
import type { Monitor, Urgency } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Severity } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import { formatMeasured } from '../texts/judgement.ts';
import { blindSentence, monitorSentence } from '../texts/monitors.ts';
import type { Instant } from '../time.ts';
import { measuredBy } from './measured-by.ts';
import type { WatchedTarget } from './watched.ts';

/** The source of every alert that a monitor of Lastgood's own raises. Nobody can send one: its format has no way in. */
export const MONITOR_SOURCE = 'monitor';

/** What `respond` of the policy answers. */
export const SEVERITY_OF: Readonly<Record<Urgency, Severity>> = {
  immediate: 'critical',
  investigate: 'medium',
  watch: 'low',
};

/** A monitor's request as an alert, so that it goes the way of every alert: the same guards, the same record. */
export function monitorAlert(
  { target, running, release, oneVersion }: Omit<WatchedTarget, 'monitors' | 'good'>,
  monitor: Monitor,
  request: Extract<Request, { kind: 'fire' | 'resolve' }>,
  state: MonitorState,
  now: Instant,
): Alert {
  const { last: judgement } = state;
  const name = `${targetKey(target)} ${monitor.name}`;
  const common = {
    source: MONITOR_SOURCE,
    format: 'monitor',
    fingerprint: name,
    name: monitor.name,
    model: target.model,
    environment: target.environment,
    severity: SEVERITY_OF[monitor.urgency],
    receivedAt: now,
    // A look that is done again after a crash says the same.
    delivery: `${name} ${now}`,
  } as const;
  if (request.kind === 'resolve') {
    const startsAt = Math.min(release.releasedAt, now);
    return { ...common, status: 'resolved', startsAt, startAssumed: true, endsAt: now, labels: {} };
  }
  const measured = measuredBy(monitor, state, now);
  return {
    ...common,
    status: 'firing',
    startsAt: request.since,
    ...(oneVersion && { version: running.version }),
    summary:
      request.why === 'blind'
        ? blindSentence(monitor.name, request.since, now)
        : monitorSentence(judgement, monitor.name, state.follow),
    ...(judgement?.value !== undefined && { value: formatMeasured(judgement.value) }),
    ...(judgement?.bound !== undefined && { threshold: formatMeasured(judgement.bound) }),
    labels: labelsOf(monitor, judgement),
    ...(measured.length > 0 && { measured }),
  };
}

/** The numbers that the judgement rests on. */
function labelsOf({ judge }: Monitor, judgement: Judgement | undefined): Alert['labels'] {
  const numbers = Object.entries(judgement?.evidence.facts ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    ...Object.fromEntries(numbers),
    judge: judge.kind,
    ...(judgement && {
      reason: judgement.reason,
      samples: String(judgement.evidence.samples),
      ...(judgement.evidence.baseline !== undefined && {
        baseline: String(judgement.evidence.baseline),
      }),
    }),
  };
}
