import { countsOfBuckets, judgeHistogramDrift, type DriftRule } from './judge-drift.ts';
import type { Judgement } from './judgement.ts';
import { keepNone, newest, seriesOf, type KeptSamples } from './kept-samples.ts';
import type { Look } from './look.ts';
import type { MonitorState } from './monitor-state.ts';

/** The series of a bucket, by its upper bound. */
export const BUCKET = 'le ';

/**
 * Drift of a histogram whose buckets come as series of their own: what each grew by within the window, as
 * `sum by (le) (increase(score_bucket[30m]))` says. The newest such growth is compared with the mean of those of the
 * last good release.
 */
export function judgeHistograms(
  rule: DriftRule,
  { kept, baseline = {} }: MonitorState,
  { at, releasedAt }: Pick<Look, 'at' | 'releasedAt'>,
): Judgement {
  const span = { from: Math.max(at - rule.window, releasedAt), to: at };
  const names = Object.keys(kept)
    .filter((name) => name.startsWith(BUCKET))
    .sort((a, b) => upper(a) - upper(b));
  const current = names.map((name) => {
    const last = newest(kept[name] ?? keepNone(), at);
    return last && last.at >= span.from ? last.value : 0;
  });
  const reference = names.map((name) => meanBefore(baseline[name] ?? keepNone(), releasedAt));
  return judgeHistogramDrift(
    rule,
    { counts: countsOfBuckets(reference) },
    { counts: countsOfBuckets(current) },
    span,
  );
}

function upper(name: string): number {
  const text = name.slice(BUCKET.length);
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}

function meanBefore(kept: KeptSamples, releasedAt: number): number {
  const { points } = seriesOf(kept, { from: Number.NEGATIVE_INFINITY, to: releasedAt - 1 });
  return points.reduce((mean, { value }, i) => mean + (value - mean) / (i + 1), 0);
}
