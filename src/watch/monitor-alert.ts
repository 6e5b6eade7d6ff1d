import type { Alert } from '../alerts/alert.ts';
import type { Samples } from '../journal/samples.ts';
import type { Request } from '../monitors/evaluate.ts';
import type { Judgement } from '../monitors/judgement.ts';
import { newest, seriesOf, type KeptSamples } from '../monitors/kept-samples.ts';
import type { Monitor, Urgency } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Severity } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import { formatMeasured } from '../texts/judgement.ts';
import { blindSentence, monitorSentence } from '../texts/monitors.ts';
import type { Instant } from '../time.ts';
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
    ...(measured && { measured: [measured] }),
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

/** So much of what was before is shown beside what is judged, in parts of that. */
const BEFORE = 2;

/** So many points at most go with an alert, before the release and after. */
const MOST = 60;

/** What was judged and what was before it, for the plot: of the last good release, where it ended just then. */
function measuredBy(
  { name, judge }: Monitor,
  { kept, baseline, last, release }: MonitorState,
  now: Instant,
): Samples | undefined {
  const [series = 'value'] = 'value' in kept ? ['value'] : Object.keys(kept);
  const values = kept[series];
  if (!values) return undefined;
  const from = last?.evidence.from ?? release.releasedAt;
  const before = baseline?.[series] ?? values;
  const shown = from - BEFORE * (now - from);
  const begun = Math.min(release.releasedAt, from);
  const points = [
    ...pointsOf(before, shown, begun - 1),
    ...pointsOf(values, Math.max(shown, begun), now),
  ];
  if (points.length === 0) return undefined;
  // Of the other judges, value and bound are not in the unit of the metric.
  const inUnit = judge.kind === 'threshold' || judge.kind === 'regression';
  const bound = inUnit && last?.bound !== undefined ? last.bound : undefined;
  return { name, points, ...(bound !== undefined && { bound: { value: bound, label: 'bound' } }) };
}

function pointsOf(kept: KeptSamples, from: Instant, to: Instant): Samples['points'] {
  const { points } = seriesOf(kept, { from, to });
  if (points.length <= MOST) return points;
  const step = Math.ceil(points.length / MOST);
  const last = newest(kept, to);
  const some = points.filter((_, i) => i % step === 0);
  return last && some.at(-1) !== last ? [...some, last] : some;
}
