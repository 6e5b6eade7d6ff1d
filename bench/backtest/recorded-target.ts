/** A target whose metrics were recorded for some time, made up but lively: no two stretches of it are the same. */
import type { Monitor } from '../../src/monitors/monitor.ts';
import { folderRecording } from '../../src/backtest/folder-recording.ts';
import type { RecordedSeries } from '../../src/backtest/recorded.ts';
import type { Recording } from '../../src/backtest/recording.ts';
import type { Period } from '../../src/backtest/replay-target.ts';
import type { Ran, Timeline } from '../../src/backtest/timeline.ts';
import { loadPolicySet } from '../../src/policy/load.ts';
import type { PolicySet, TargetPolicy } from '../../src/policy/policy.ts';
import { DAY, HOUR, SECOND, type Instant } from '../../src/time.ts';
import { createRandom } from '../random.ts';

export const START: Instant = Date.UTC(2026, 9, 1);
const STEP = 30 * SECOND;

/** What five monitors of a model usually are: each looks every 30 seconds. */
const MONITORS = `
      errors: { query: errors, threshold: { above: 5% }, every: 30s }
      latency: { query: latency, threshold: { above: 0.4 }, of: p99, every: 30s }
      accuracy: { query: accuracy, regression: { worse: lower, by: 5% }, every: 30s }
      diversity: { query: diversity, regression: { worse: lower, by: 20% }, every: 30s }
      budget: { query: errors, burnRate: { objective: 98% }, every: 30s }
`;

/** The policy of a model, with monitors beside the usual five. */
export function policyOf(
  model: string,
  more = '',
): { readonly set: PolicySet; readonly policy: TargetPolicy } {
  const text = `model: ${model}
respond: { critical: merge, medium: review }
environments:
  production:
    pins: { model: { file: ${model}.yaml, path: version } }
    server: main
    monitors:${MONITORS}${more}`;
  const set = loadPolicySet([{ path: `.lastgood/${model}.yaml`, text }], []);
  const [policy] = set.targets;
  if (!policy) throw new Error(JSON.stringify(set.problems));
  return { set, policy };
}

/** Values around a level, with a daily wave, noise, and now and then an hour that is off. */
function series(name: string, level: number, samples: number, seed: number): RecordedSeries {
  const random = createRandom(seed);
  const times = new Float64Array(samples);
  const values = new Float64Array(samples);
  let off = 0;
  for (let i = 0; i < samples; i += 1) {
    if (random.below(40_000) === 0) off = HOUR / STEP;
    off -= 1;
    const at = START + i * STEP;
    const wave = 0.05 * Math.sin((2 * Math.PI * at) / DAY);
    times[i] = at;
    values[i] =
      level * (1 + wave + 0.02 * (random.below(1_000) / 1_000 - 0.5)) * (off > 0 ? 0.6 : 1);
  }
  return { name, labels: {}, times, values };
}

export interface RecordedTarget {
  readonly recording: Recording;
  readonly samples: number;
  readonly end: Instant;
}

export function recordTarget(index: number, days: number): RecordedTarget {
  const samples = Math.round((days * DAY) / STEP);
  const levels = { errors: 0.01, latency: 0.2, accuracy: 0.9, diversity: 0.73, scores: 40 };
  const all = Object.entries(levels).map(([name, level], i) =>
    series(name, level, samples, 1_000 * index + i),
  );
  return {
    recording: folderRecording(all, 'made up'),
    samples: samples * all.length,
    end: START + samples * STEP,
  };
}

/** A release a week. */
export function releasesOf({ target, monitors }: TargetPolicy, end: Instant): readonly Period[] {
  const periods: Period[] = [];
  for (let from = START; from < end; from += 7 * DAY) {
    const commit = String(periods.length).padStart(40, '0');
    const before = periods.at(-1)?.watched;
    periods.push({
      from,
      until: Math.min(end, from + 7 * DAY),
      watched: {
        target,
        monitors: monitors satisfies readonly Monitor[],
        running: { commit, version: `v${periods.length}` },
        release: {
          commit,
          releasedAt: from,
          ...(before && { lastGood: { from: from - 7 * DAY, until: from } }),
        },
        ...(before && { good: before.running }),
        oneVersion: true,
      },
    });
  }
  return periods;
}

/** What ran, as the history of a repository would tell it. */
export function timelineOf(periods: readonly Period[]): Timeline {
  const ran = periods.map(({ watched, from, until }): Ran => {
    const { commit, version } = watched.running;
    const value = { version, value: version, token: version, line: 1 };
    const author = { name: 'Ann', email: 'ann@example.com' };
    const subject = `Release ${version}`;
    const values = { model: value };
    const release = { commit, at: from, author, subject, body: '', values, problems: [] };
    return { release, from, until, isRollback: false };
  });
  return { ran, rollbacks: [] };
}
