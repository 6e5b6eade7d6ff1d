import { describe, expect, it } from 'vitest';
import { JUDGES, lively, minutes, NOW, RELEASED, steady } from '../monitors/judge.fixture.ts';
import { MINUTE } from '../time.ts';
import type { Sample } from '../monitors/series.ts';
import { formatMeasured, judgementSentence } from './judgement.ts';

function sentence(name: string, samples: readonly Sample[]): string {
  const judgement = JUDGES[name]?.({ samples, at: NOW, releasedAt: RELEASED });
  if (!judgement) throw new Error(`There is no judge ${name}.`);
  return judgementSentence(judgement, 'p99 latency');
}

describe('what a judge found', () => {
  it('is said with what it rests on', () => {
    const high = minutes(lively(160, 3, 30));
    const all = Object.keys(JUDGES).map((name) => sentence(name, high));
    expect(all.join('\n')).toMatchInlineSnapshot(`
      "p99 latency is at 160, beyond the bound of 120 (30 samples of 30m).
      p99 latency is at 1.302, beyond the bound of 1 (30 samples of 30m).
      p99 latency is at 160.1, beyond the bound of 150, where 99.99 is expected (30 samples of 30m).
      p99 latency has nothing to be compared with: 0 usable samples from before the release.
      The canary of p99 latency scores 0 of 100, and 95 would pass (1 of 1 metric failed; 30 samples of 30m).
      p99 latency burns its error budget, in times as fast as it may last, at 8,001, beyond the bound of 14.4 (30 samples of 30m).
      p99 latency has drifted by 8.283, beyond the bound of 0.25 (30 samples of 30m).
      p99 latency has drifted by 1, beyond the bound of 0.3 (30 samples of 30m).
      p99 latency has left its level from before the release, in summed deviations, by 75, beyond the bound of 8 (30 samples of 30m).
      p99 latency is off what is usual at this time, in usual deviations, by 29.69, beyond the bound of 4.5 (6 samples of 5m).
      p99 latency is at 160.1 by its trend, past 120 already (30 samples of 30m).
      p99 latency has a share of 0.07814, beyond the bound of 0.02 (30 samples of 30m).
      p99 latency costs -120, within the bound of 50, where 100 is expected (30 samples of 30m)."
    `);
  });

  it('is said where nothing can be said', () => {
    const few = minutes([1, Number.NaN]);
    const rising = minutes(Array.from({ length: 30 }, (_, i) => 100 + i * 0.5));
    const texts = [
      sentence('threshold', []),
      sentence('threshold', few),
      sentence('threshold', minutes(steady(Number.NaN, 20))),
      sentence('early warning', rising),
      sentence('canary', minutes(lively(100, 3, 20), NOW - 9 * MINUTE)),
    ];
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "p99 latency has no samples in the last 30m, which speaks neither for the release nor against it. Look whether it is scraped.
      p99 latency has only 1 sample in the last 30m, 1 more is not a number, too few to judge by.
      p99 latency is mostly not a number: 20 of 20 samples in the last 30m. Mend the query or the metric.
      p99 latency is at 114.5 by its trend and will reach 120 in about 11m (11m to 11m; 30 samples of 30m). Nothing is rolled back for a trend.
      The canary of p99 latency has sent nothing for 9m, while the stable release has samples all along."
    `);
  });
});

describe('a measured number', () => {
  it.each([
    [undefined, 'unknown'],
    [0, '0'],
    [0.040_123, '0.04012'],
    [1_234.56, '1,235'],
    [1e-7, '1.000e-7'],
    [123_456_789_012, '1.235e+11'],
  ])('%s is written as %s', (value, text) => {
    expect(formatMeasured(value)).toBe(text);
  });
});
