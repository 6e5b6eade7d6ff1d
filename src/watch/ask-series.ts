import { fillQuery, type QueryValues } from '../metrics/fill-query.ts';
import { MetricsError } from '../metrics/exchange.ts';
import type { Asking, MetricServers } from '../metrics/metric-servers.ts';
import { baselineSpan } from '../monitors/evaluate.ts';
import { BUCKET } from '../monitors/judge-histograms.ts';
import type { KeptSamples } from '../monitors/kept-samples.ts';
import { historyOf, reachOf, type Monitor } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Sample, Span } from '../monitors/series.ts';
import { lookback } from '../recovery/questions.ts';
import { severalSeries } from '../texts/monitors.ts';
import type { Instant, Milliseconds } from '../time.ts';
import type { NamedRelease, WatchedTarget } from './watched.ts';

/** What came of asking for one monitor. */
export interface Asked {
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
  readonly baseline?: Readonly<Record<string, readonly Sample[]>>;
}

/** Prometheus answers with at most 11,000 points. */
const MOST_POINTS = 10_000;

/** A baseline needs no more points than this. */
export const BASELINE_POINTS = 500;

/**
 * Asks for what a monitor has not seen yet, and for its baseline where it has none.
 *
 * What was measured before the release is asked for only where it is a baseline; a query that looks back (`[5m]`) is
 * asked for from so long after the release on, as before it would say what the release before it did.
 *
 * @throws {MetricsError} when there is no answer, or one that is not about this monitor.
 */
export async function askSeries(
  metrics: Pick<MetricServers, 'queryRange'>,
  asking: Asking,
  watched: WatchedTarget,
  monitor: Monitor,
  state: MonitorState | undefined,
  now: Instant,
  signal: AbortSignal,
): Promise<Asked> {
  const known = state?.release.commit === watched.release.commit ? state : undefined;
  const names = Object.keys(monitor.series);
  const ask = (name: string, by: NamedRelease, span: Span, step: Milliseconds) =>
    askOne(metrics, asking, watched, { monitor, name, by }, { span, step }, signal);
  const samples = names.map(async (name) => {
    const by = releaseOf(name, watched);
    const span = by && spanOf(monitor, watched, name, known?.kept ?? {}, now);
    return by && span ? ask(name, by, span, monitor.every) : {};
  });
  const before = baselineSpan(monitor, known, watched.release);
  const { good } = watched;
  const baseline =
    before && good
      ? names.map((name) => {
          const from = Math.min(before.from + lookback(queryOf(monitor, name)), before.to);
          const step = Math.max(monitor.every, Math.ceil((before.to - from) / BASELINE_POINTS));
          return ask(name, good, { from, to: before.to }, step);
        })
      : undefined;
  return {
    samples: merge(await Promise.all(samples)),
    ...(baseline && { baseline: merge(await Promise.all(baseline)) }),
  };
}

type Named = Readonly<Record<string, readonly Sample[]>>;

function merge(all: readonly Named[]): Named {
  return Object.assign({}, ...all) as Named;
}

/** The series `stable …` of a canary are about the last good release. */
function releaseOf(name: string, { running, good }: WatchedTarget): NamedRelease | undefined {
  return name.startsWith('stable ') ? good : running;
}

function queryOf({ series }: Monitor, name: string): string {
  return series[name] ?? '';
}

/** From what is known of the series up to now, on a grid that ends now. */
function spanOf(
  monitor: Monitor,
  { release }: WatchedTarget,
  name: string,
  kept: Readonly<Record<string, KeptSamples>>,
  now: Instant,
): Span | undefined {
  const { every } = monitor;
  const begun = historyOf(monitor)
    ? now - reachOf(monitor)
    : Math.max(now - reachOf(monitor), release.releasedAt + lookback(queryOf(monitor, name)));
  if (begun > now) return undefined;
  const series = histogramOf(monitor) ? Object.keys(kept) : [name];
  const last = Math.max(begun - every, ...series.map((one) => newestOf(kept[one])));
  const from = Math.max(last + every, begun);
  return { from: Math.min(now, now - Math.floor((now - from) / every) * every), to: now };
}

function newestOf(kept: KeptSamples | undefined): Instant {
  if (!kept) return Number.NEGATIVE_INFINITY;
  const { points, nan, infinite } = kept;
  const all = [points.at(-1)?.at, nan.at(-1), infinite.at(-1)];
  return Math.max(...all.map((at) => at ?? Number.NEGATIVE_INFINITY));
}

function histogramOf({ judge }: Monitor): boolean {
  return judge.kind === 'drift' && judge.histogram;
}

async function askOne(
  metrics: Pick<MetricServers, 'queryRange'>,
  asking: Asking,
  { target, running, release }: WatchedTarget,
  { monitor, name, by }: { monitor: Monitor; name: string; by: NamedRelease },
  { span, step }: { span: Span; step: Milliseconds },
  signal: AbortSignal,
): Promise<Named> {
  const values: QueryValues = {
    model: target.model,
    environment: target.environment,
    version: by.version,
    release_commit: by.commit,
  };
  const query = fillQuery(queryOf(monitor, name), values);
  const found: Record<string, Sample[]> = {};
  for (let from = span.from; from <= span.to; from += MOST_POINTS * step) {
    const part = { from, to: Math.min(span.to, from + (MOST_POINTS - 1) * step) };
    const series = await metrics.queryRange(asking, query, part, step, signal);
    if (histogramOf(monitor)) {
      for (const { labels, samples } of series) {
        (found[`${BUCKET}${labels['le'] ?? ''}`] ??= []).push(...samples);
      }
    } else {
      if (series.length > 1) throw new MetricsError('refused', severalSeries(series.length));
      const samples = series[0]?.samples ?? [];
      (found[name] ??= []).push(...guarded(samples, by === running, monitor, name, release));
    }
  }
  return found;
}

/** What a query says right after a release is partly about the one before it. */
function guarded(
  samples: readonly Sample[],
  isRunning: boolean,
  monitor: Monitor,
  name: string,
  { releasedAt }: WatchedTarget['release'],
): readonly Sample[] {
  if (!isRunning || !historyOf(monitor)) return samples;
  const until = releasedAt + lookback(queryOf(monitor, name));
  return samples.filter(({ at }) => at < releasedAt || at >= until);
}
