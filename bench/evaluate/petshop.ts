import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANOMALY_DEFAULTS } from '../../src/monitors/anomaly/detect.ts';
import { classifyMetric, KAYENTA_DEFAULTS } from '../../src/monitors/canary/classify-metric.ts';
import { beginFollowing, follow, type FollowRule } from '../../src/monitors/follow.ts';
import { judgeAnomaly } from '../../src/monitors/judge-anomaly.ts';
import { judgeRegression } from '../../src/monitors/judge-regression.ts';
import { judgeThreshold } from '../../src/monitors/judge-threshold.ts';
import type { Judgement } from '../../src/monitors/judgement.ts';
import type { Look } from '../../src/monitors/look.ts';
import type { Sample } from '../../src/monitors/series.ts';
import { mean } from '../../src/monitors/statistics/descriptive.ts';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../../src/time.ts';
import { readCsv } from './series.ts';
import type { Score } from './score.ts';

interface Labels {
  readonly issues: readonly {
    readonly file: string;
    readonly normalFile: string;
    readonly target: { readonly timestamp: number };
  }[];
}

/** What a user of the shop sees. */
interface Metrics {
  readonly latency: readonly Sample[];
  readonly availability: readonly Sample[];
}

type Judge = (metrics: Metrics, before: Metrics, at: Instant, releasedAt: Instant) => boolean[];

/** A window that is a millisecond shorter holds one sample. */
const STEP = 5 * MINUTE;
/** Two bad looks in a row. */
const TWICE: FollowRule = { consecutive: 2, recover: 2, coolDown: 0, settle: 0 };

const isBad = ({ verdict }: Judgement) => verdict === 'bad';

const availability = (than: number, { samples, at, releasedAt }: Look) =>
  judgeThreshold(
    { window: STEP - 1, statistic: { kind: 'mean' }, bad: { kind: 'less', than }, minSamples: 1 },
    { samples, at, releasedAt },
  );

const JUDGES: Readonly<Record<string, Judge>> = {
  "Lastgood's judges: errors > 2 %, latency 1.5 × last good": (metrics, before, at, releasedAt) => [
    isBad(availability(98, { samples: metrics.availability, at, releasedAt })),
    isBad(slower(metrics, before, at, releasedAt)),
  ],
  "Lastgood's anomaly judge, latency": (metrics, before, at, releasedAt) => [
    isBad(
      judgeAnomaly({ ...ANOMALY_DEFAULTS, window: STEP - 1, trustAfter: DAY }, before.latency, {
        samples: metrics.latency,
        at,
        releasedAt,
      }),
    ),
  ],
  'static threshold: errors > 5 %, latency > 0.2 s': (metrics, _, at, releasedAt) => [
    isBad(availability(95, { samples: metrics.availability, at, releasedAt })),
    (metrics.latency.findLast((sample) => sample.at <= at)?.value ?? 0) > 0.2,
  ],
  'EWMA of the last two hours, 4.5 deviations': ({ latency }, before, at) => [
    farFrom([...before.latency, ...latency], at, true),
  ],
  'windowed Gaussian of one day, 4.5 deviations': ({ latency }, before, at) => [
    farFrom([...before.latency, ...latency], at, false),
  ],
  "Kayenta's judge against the two hours before": ({ latency }, before, at, releasedAt) => {
    const now = latency.filter((sample) => sample.at > at - HOUR && sample.at >= releasedAt);
    const then = [...before.latency, ...latency].filter(
      (sample) => sample.at <= (now[0]?.at ?? at) - 1 && sample.at > (now[0]?.at ?? at) - 2 * HOUR,
    );
    const values = (samples: readonly Sample[]) => samples.map(({ value }) => value);
    return [classifyMetric(values(now), values(then), KAYENTA_DEFAULTS).label === 'high'];
  },
};

function slower(metrics: Metrics, before: Metrics, at: Instant, releasedAt: Instant): Judgement {
  return judgeRegression(
    {
      window: STEP - 1,
      statistic: { kind: 'mean' },
      limit: { kind: 'ratio', amount: 1.5, worse: 'higher' },
      minSamples: 1,
    },
    { kind: 'last-good', samples: before.latency },
    { samples: metrics.latency, at, releasedAt },
  );
}

/** Whether the newest value lies 4.5 deviations from a mean of those before. */
function farFrom(samples: readonly Sample[], at: Instant, recent: boolean): boolean {
  const known = samples.filter((sample) => sample.at <= at && sample.at > at - DAY);
  const value = known.at(-1)?.value ?? 0;
  const past = known.slice(0, -1).map((sample) => sample.value);
  const center = mean(recent ? past.slice(-24) : past);
  const deviation = Math.sqrt(mean(past.map((one) => (one - center) ** 2)));
  return Math.abs(value - center) > 4.5 * deviation;
}

/**
 * Each issue has five rows; before them a day of the same shop without an issue is put, as the record of the last good
 * release. The hours without an issue are played as a release that came after the first day, all in one.
 */
export function evaluatePetshop(folder: string): readonly (readonly [string, Score])[] {
  const labels: Labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const normal = readMetrics(join(folder, labels.issues[0]?.normalFile ?? ''));
  const began = normal.latency[0]?.at ?? 0;
  const first = part(normal, (at) => at < began + DAY);
  const rest = part(normal, (at) => at >= began + DAY);
  return Object.entries(JUDGES).map(([name, judge]) => {
    const delays = labels.issues.flatMap(({ file, target }) => {
      const metrics = readMetrics(join(folder, file));
      const releasedAt = metrics.latency[0]?.at ?? 0;
      const before = shift(first, releasedAt - STEP - (first.latency.at(-1)?.at ?? 0));
      const since = target.timestamp * SECOND - STEP;
      const fired = play(metrics, before, releasedAt, judge).find((at) => at >= since);
      return fired === undefined ? [] : [Math.max(0, fired - target.timestamp * SECOND)];
    });
    const releasedAt = rest.latency[0]?.at ?? 0;
    const fired = play(rest, first, releasedAt, judge);
    const events = fired.filter((at, i) => at - (fired[i - 1] ?? Number.NEGATIVE_INFINITY) > HOUR);
    const score: Score = {
      hits: delays.length,
      of: labels.issues.length,
      delays,
      falseEvents: events.length,
      freeDays: ((rest.latency.at(-1)?.at ?? 0) - releasedAt) / DAY,
      nab: Number.NaN,
    };
    return [name, score];
  });
}

/** When one of the judgements fires that are made after every sample. */
function play(metrics: Metrics, before: Metrics, releasedAt: Instant, judge: Judge): Instant[] {
  const states = new Map<number, ReturnType<typeof beginFollowing>>();
  const fired: Instant[] = [];
  for (const { at } of metrics.latency) {
    judge(metrics, before, at, releasedAt).forEach((bad, i) => {
      const state = states.get(i) ?? beginFollowing(releasedAt);
      const verdict = bad ? 'bad' : 'good';
      const next = follow(TWICE, state, { verdict }, { at, releasedAt });
      states.set(i, next.state);
      if (next.step === 'fired') fired.push(at);
    });
  }
  return fired;
}

function readMetrics(file: string): Metrics {
  const nodes = readFileSync(file, 'utf8').split(/\r?\n/, 1)[0]?.split(',') ?? [];
  const [metrics = [], statistics = [], , ...rows] = readCsv(file);
  const column = (metric: string): Sample[] => {
    const index = nodes.findIndex(
      (node, i) => node === 'PetSite' && metrics[i] === metric && statistics[i] === 'Average',
    );
    return rows.map((row) => ({
      at: Number(row[0]) * SECOND,
      value: Number(row[index] || Number.NaN),
    }));
  };
  return { latency: column('latency'), availability: column('availability') };
}

function part({ latency, availability }: Metrics, keep: (at: Instant) => boolean): Metrics {
  const some = (samples: readonly Sample[]) => samples.filter(({ at }) => keep(at));
  return { latency: some(latency), availability: some(availability) };
}

function shift({ latency, availability }: Metrics, by: number): Metrics {
  const later = (samples: readonly Sample[]) =>
    samples.map(({ at, value }) => ({ at: at + by, value }));
  return { latency: later(latency), availability: later(availability) };
}
