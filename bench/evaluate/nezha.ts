import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beginFollowing, follow, type FollowRule } from '../../src/monitors/follow.ts';
import { judgeComposite } from '../../src/monitors/judge-composite.ts';
import { judgeRegression } from '../../src/monitors/judge-regression.ts';
import { judgeThreshold } from '../../src/monitors/judge-threshold.ts';
import type { Judgement } from '../../src/monitors/judgement.ts';
import type { Sample } from '../../src/monitors/series.ts';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../../src/time.ts';
import { alertsOf, createDetectors } from './detectors.ts';
import { readCsv } from './series.ts';
import type { Score } from './score.ts';

interface Labels {
  readonly days: readonly {
    readonly day: string;
    readonly faultFreeAfter: string;
    readonly faults: readonly { readonly at: string }[];
  }[];
}

interface Metrics {
  readonly success: readonly Sample[];
  readonly p50: readonly Sample[];
  readonly p95: readonly Sample[];
  /** The processor of each pod, in percent of its limit. */
  readonly pods: readonly (readonly Sample[])[];
}

/** A fault lasts about so long; an alert within it is in time. */
const IN_TIME = 3 * MINUTE;
/** A sample a minute, and some seconds of delay. */
const ONE = 90 * SECOND;

/** Two bad looks in a row; a release is watched from its first minute. */
const TWICE: FollowRule = { consecutive: 2, recover: 2, coolDown: 0, settle: 0 };
const ONCE: FollowRule = { ...TWICE, consecutive: 1, recover: 1 };

/** Every fault of a day beside what each judge said of it, and of the hours without a fault after it. */
export function evaluateNezha(folder: string): readonly (readonly [name: string, score: Score])[] {
  const labels: Labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const [day] = labels.days;
  if (!day) return [];
  const metrics = readMetrics(join(folder, day.day, 'metric'));
  const faults = day.faults.map(({ at }) => Date.parse(at));
  const free = Date.parse(day.faultFreeAfter);
  const score = (alerts: readonly Instant[]): Score => scoreFaults(alerts, faults, free, metrics);

  const hard = hardBounds(metrics);
  const whole = presetJudges(metrics);
  // The faults begin at once and the day has no second one: an hour must do to learn from.
  const baselines = Object.entries(createDetectors(HOUR)).map(([name, detect]) => {
    const alerts = [metrics.success, metrics.p95].flatMap((samples) =>
      alertsOf(detect, samples, 2 * MINUTE).map((index) => samples[index]?.at ?? 0),
    );
    return [`${name}, success and p95`, score(alerts)] as const;
  });
  return [
    ["Lastgood's judges: bounds, baseline, saturation", score(whole)],
    ['static threshold: success < 99 %, p95 > 2 s', score(hard)],
    ...baselines,
  ];
}

function readMetrics(folder: string): Metrics {
  const front = readCsv(join(folder, 'front_service.csv'));
  const column = (rows: readonly string[][], index: number): Sample[] =>
    rows.map((row) => ({ at: Number(row[1]) * SECOND, value: Number(row[index] || Number.NaN) }));
  const pods = readdirSync(folder)
    .filter((file) => file.endsWith('_metric.csv'))
    .map((file) => column(readCsv(join(folder, file)), 4));
  return { success: column(front, 3), p50: column(front, 4), p95: column(front, 6), pods };
}

/** Success below 99 % or p95 above 2 s, each minute by itself. */
function hardBounds({ success, p95 }: Metrics): Instant[] {
  return watch(success, ONCE, (at, releasedAt) =>
    judgeComposite({ kind: 'any-of' }, [
      part('success', below(success, 99, at, releasedAt)),
      part('p95', above(p95, 2, at, releasedAt)),
    ]),
  );
}

/**
 * The same bounds at once, and after two minutes: the median latency at one and a half of that of the hour before, or
 * a processor above 80 % of its limit.
 */
function presetJudges(metrics: Metrics): Instant[] {
  const { success, p50, pods } = metrics;
  const slow = watch(success, TWICE, (at, releasedAt) =>
    judgeRegression(
      {
        window: ONE,
        statistic: { kind: 'mean' },
        limit: { kind: 'ratio', amount: 1.5, worse: 'higher' },
        minSamples: 1,
      },
      { kind: 'number', value: trailingMedian(p50, at) },
      { samples: near(p50, at), at, releasedAt },
    ),
  );
  const busy = pods.flatMap((pod) =>
    watch(success, TWICE, (at, releasedAt) => above(pod, 80, at, releasedAt)),
  );
  return [...hardBounds(metrics), ...slow, ...busy];
}

function part(name: string, judgement: Judgement) {
  return { name, weight: 1, judgement };
}

function above(samples: readonly Sample[], than: number, at: Instant, releasedAt: Instant) {
  return judgeThreshold(
    { window: ONE, statistic: { kind: 'mean' }, bad: { kind: 'greater', than }, minSamples: 1 },
    { samples: near(samples, at), at, releasedAt },
  );
}

function below(samples: readonly Sample[], than: number, at: Instant, releasedAt: Instant) {
  return judgeThreshold(
    { window: ONE, statistic: { kind: 'mean' }, bad: { kind: 'less', than }, minSamples: 1 },
    { samples: near(samples, at), at, releasedAt },
  );
}

/** The newest sample: a mean over two would halve what a minute shows. */
function near(samples: readonly Sample[], at: Instant): readonly Sample[] {
  const newest = samples.findLast((sample) => sample.at <= at);
  return newest ? [newest] : [];
}

/** The median of the hour before, without the last five minutes; NaN before there are ten samples. */
function trailingMedian(samples: readonly Sample[], at: Instant): number {
  const values = samples
    .filter((sample) => sample.at > at - HOUR && sample.at <= at - 5 * MINUTE)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  return values.length < 10 ? Number.NaN : (values[values.length >> 1] ?? Number.NaN);
}

/** Judges at every sample of a clock, and follows: the moments at which it fires. */
function watch(
  clock: readonly Sample[],
  rule: FollowRule,
  judge: (at: Instant, releasedAt: Instant) => Judgement,
): Instant[] {
  const releasedAt = (clock[0]?.at ?? 0) - DAY;
  let state = beginFollowing(releasedAt);
  const fired: Instant[] = [];
  for (const { at } of clock) {
    const next = follow(rule, state, judge(at, releasedAt), { at, releasedAt });
    if (next.step === 'fired') fired.push(at);
    state = next.state;
  }
  return fired;
}

function scoreFaults(
  alerts: readonly Instant[],
  faults: readonly Instant[],
  free: Instant,
  { success }: Metrics,
): Score {
  const order = [...alerts].sort((a, b) => a - b);
  const delays = faults.flatMap((fault) => {
    const first = order.find((at) => at >= fault && at <= fault + IN_TIME);
    return first === undefined ? [] : [first - fault];
  });
  const late = order.filter((at) => at > free);
  const events = late.filter((at, i) => at - (late[i - 1] ?? Number.NEGATIVE_INFINITY) > HOUR);
  return {
    hits: delays.length,
    of: faults.length,
    delays,
    falseEvents: events.length,
    freeDays: ((success.at(-1)?.at ?? free) - free) / DAY,
    nab: Number.NaN,
  };
}
