import { MOST_KEPT } from '../monitors/kept-samples.ts';
import { historyOf, reachOf, type JudgeRule, type Monitor } from '../monitors/monitor.ts';
import { formatDuration, type Milliseconds } from '../time.ts';
import type { Tell } from './judge-entry.ts';

/** A monitor that could never say anything, or that would keep too much, is a mistake. */
export function checkSizes(monitor: Monitor, tell: Tell): void {
  const { judge, every, source } = monitor;
  const samples = Math.ceil(reachOf(monitor) / every);
  if (samples > MOST_KEPT) {
    const message = `would keep ${samples} samples of each series`;
    tell(['every'], message, `at most ${MOST_KEPT}`, 'look less often, or reach less far back');
  }
  checkHistory(monitor, tell);
  if (judge.kind === 'composite' || judge.kind === 'burn-rate' || judge.kind === 'anomaly') return;
  if (judge.kind === 'drift' && judge.histogram) {
    if (source.kind !== 'pushed') return;
    tell(
      ['series'],
      'reads a histogram from a pushed series',
      'a query',
      'push the values instead',
    );
    return;
  }
  const window = windowOf(judge);
  const least =
    judge.kind === 'share' ? 2 : judge.kind === 'change-point' ? 1 : judge.rule.minSamples;
  // A look comes a little late, and never twice alike: what was seen a whole window ago has left it by then.
  const most = Math.ceil(window / every);
  if (most >= least) return;
  tell(
    ['window'],
    `looks every ${formatDuration(every)} at ${formatDuration(window)}, which holds ${most} of the ${least} samples it needs`,
    'a window that holds enough samples',
    'make the window longer, or `minSamples` smaller',
  );
}

function windowOf(judge: Exclude<JudgeRule, { kind: 'composite' | 'burn-rate' }>): Milliseconds {
  return 'window' in judge ? judge.window : judge.rule.window;
}

/** What compares with earlier days of the same series has to find them whatever release ran then. */
function checkHistory(monitor: Monitor, tell: Tell): void {
  if (monitor.source.kind !== 'server' || !historyOf(monitor)) return;
  const queries = Object.values(monitor.series);
  const one = ['{version}', '{release_commit}'].find((name) =>
    queries.some((query) => query.includes(name)),
  );
  if (one === undefined) return;
  tell(
    ['query'],
    `names \`${one}\`, so it finds nothing of before the release, which it is compared with`,
    'a query that finds earlier releases too',
    `leave out \`${one}\``,
  );
}
