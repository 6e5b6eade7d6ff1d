import type { Samples } from '../journal/samples.ts';
import { newest, seriesOf, type KeptSamples } from '../monitors/kept-samples.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Sample } from '../monitors/series.ts';
import { SECOND, type Instant } from '../time.ts';

/** So much of what was before is shown beside what is judged, in parts of that. */
const BEFORE = 2;

/** So many points at most go with an alert, before the release and after. */
const MOST = 60;

type Points = Samples['points'];

/**
 * What was judged and what was before it, for the plot: of the last good release, where it ended just then. What is
 * counted is drawn as what comes of the counters, and a canary beside the stable release.
 */
export function measuredBy(
  monitor: Monitor,
  state: MonitorState,
  now: Instant,
): readonly Samples[] {
  const { name, judge } = monitor;
  const { last } = state;
  // Of the other judges, value and bound are not in the unit of the metric.
  const inUnit =
    judge.kind === 'threshold' || judge.kind === 'regression' || judge.kind === 'share';
  const bound =
    inUnit && last?.bound !== undefined ? { value: last.bound, label: 'bound' } : undefined;
  return seriesShown(monitor, state.kept).flatMap(({ series, as, points }) => {
    const all = points(pointsAt(series, state, now), pointsAt('total', state, now));
    return all.length === 0 ? [] : [{ name: as ?? name, points: all, ...(bound && { bound }) }];
  });
}

interface Shown {
  readonly series: string;
  /** What people call it; as the monitor unless given. */
  readonly as?: string;
  /** What is drawn of the series, and of that which counts all. */
  readonly points: (own: Points, total: Points) => Points;
}

function seriesShown({ name, judge }: Monitor, kept: MonitorState['kept']): readonly Shown[] {
  const plain = (own: Points): Points => own;
  if (judge.kind === 'canary') {
    const [metric] = judge.metrics;
    return (metric ? ['canary', 'stable'] : []).map((side) => ({
      series: `${side} ${metric?.name}`,
      as: `${name}, ${side}`,
      points: plain,
    }));
  }
  const [series = 'value'] = 'value' in kept ? ['value'] : Object.keys(kept);
  if (judge.kind === 'share' || (judge.kind === 'burn-rate' && judge.counters)) {
    return [{ series, points: sharesOf }];
  }
  const isRate =
    (judge.kind === 'threshold' || judge.kind === 'regression') &&
    judge.rule.statistic.kind === 'rate';
  return [{ series, points: isRate ? ratesOf : plain }];
}

/** Of a counter, by how much it grew in a second. Where it fell, it began again at zero. */
function ratesOf(counter: Points): Points {
  return growthOf(counter).map(({ at, by, length }) => ({ at, value: (by * SECOND) / length }));
}

/** Of two counters, the share that one had in the growth of the other. */
function sharesOf(hits: Points, total: Points): Points {
  const all = new Map(growthOf(total).map(({ at, by }) => [at, by]));
  return growthOf(hits).flatMap(({ at, by }) => {
    const events = all.get(at) ?? 0;
    return events > 0 ? [{ at, value: by / events }] : [];
  });
}

function growthOf(counter: Points): readonly { at: Instant; by: number; length: number }[] {
  return counter.slice(1).map(({ at, value }, i) => {
    const before = counter[i] ?? { at, value };
    const [was, is] = [before.value ?? 0, value ?? 0];
    return { at, by: is < was ? is : is - was, length: at - before.at };
  });
}

/** The points of one series, thinned out. */
function pointsAt(
  series: string,
  { kept, baseline, last, release }: MonitorState,
  now: Instant,
): readonly Sample[] {
  const values = kept[series];
  if (!values) return [];
  const from = last?.evidence.from ?? release.releasedAt;
  const before = baseline?.[series] ?? values;
  const shown = from - BEFORE * (now - from);
  const begun = Math.min(release.releasedAt, from);
  return [...pointsOf(before, shown, begun - 1), ...pointsOf(values, Math.max(shown, begun), now)];
}

function pointsOf(kept: KeptSamples, from: Instant, to: Instant): readonly Sample[] {
  const { points } = seriesOf(kept, { from, to });
  if (points.length <= MOST) return points;
  const step = Math.ceil(points.length / MOST);
  const last = newest(kept, to);
  const some = points.filter((_, i) => i % step === 0);
  return last && some.at(-1) !== last ? [...some, last] : some;
}
