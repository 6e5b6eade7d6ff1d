import { fillQuery } from '../metrics/fill-query.ts';
import type { LabelledSamples } from '../metrics/prometheus.ts';
import { BUCKET } from '../monitors/judge-histograms.ts';
import type { Span } from '../monitors/series.ts';
import { severalSeries } from '../texts/monitors.ts';
import type { Milliseconds } from '../time.ts';
import { createRecorder } from './recorded.ts';
import { columnIn, type Column, type Question, type Recording } from './recording.ts';
import { RecordingError } from './recording-error.ts';

/** Asks a server of metrics what a query says in a span, each step. */
export type AskRange = (
  promql: string,
  span: Span,
  step: Milliseconds,
) => Promise<readonly LabelledSamples[]>;

/** Prometheus answers with at most 11,000 points. */
const MOST_POINTS = 10_000;

/**
 * The recording that a Prometheus still has: every query of the policy, filled for the release that ran, as the running
 * service would have asked it. What was asked already is not asked again.
 *
 * @param span what lies outside is not asked for
 * @param step how far apart samples are; as often as the monitor looks unless given
 */
export function prometheusRecording(
  ask: AskRange,
  span: Span,
  step: Milliseconds | undefined,
): Recording {
  const known = new Map<string, Promise<readonly Column[]>>();
  return {
    async read(question) {
      const { monitor, series, target, by } = question;
      if (monitor.source.kind !== 'server') return [];
      const query = fillQuery(monitor.series[series] ?? '', {
        ...target,
        version: by.version,
        release_commit: by.commit,
      });
      const from = Math.max(question.span.from, span.from);
      const to = Math.min(question.span.to, span.to);
      if (!(from <= to)) return [];
      const apart = step ?? question.step;
      const key = JSON.stringify([query, from, to, apart, series, monitor.judge.kind]);
      const answer = known.get(key) ?? readAll(ask, question, query, { from, to }, apart);
      known.set(key, answer);
      return answer;
    },
  };
}

async function readAll(
  ask: AskRange,
  { monitor, series }: Question,
  query: string,
  { from, to }: Span,
  step: Milliseconds,
): Promise<readonly Column[]> {
  const histogram = monitor.judge.kind === 'drift' && monitor.judge.histogram;
  const recorder = createRecorder();
  // On one grid whatever is asked for, so that the same moments are the same samples.
  const first = Math.ceil(from / step) * step;
  for (let begin = first; begin <= to; begin += MOST_POINTS * step) {
    const part = { from: begin, to: Math.min(to, begin + (MOST_POINTS - 1) * step) };
    const found = await ask(query, part, step);
    if (found.length > 1 && !histogram) {
      throw new RecordingError({
        file: `the monitor ${monitor.name}`,
        found: severalSeries(found.length).replace(/\.$/, ''),
        expected: 'one series',
      });
    }
    for (const { labels, samples } of found) {
      const name = histogram ? `${BUCKET}${labels['le'] ?? ''}` : series;
      const add = recorder.series(name);
      for (const { at, value } of samples) add(at, value);
    }
  }
  return recorder.finish().map((one) => columnIn(one.name, one, { from, to }));
}
