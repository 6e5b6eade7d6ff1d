/**
 * A process of its own, so that its memory can be told: replays targets by threads as `lastgood backtest` does, one for
 * each core, and decides about all that fired. Prints a `ReplayAnswer`.
 */
import { availableParallelism } from 'node:os';
import { decideAll, type Signal } from '../../src/backtest/decide-all.ts';
import { someAtOnce } from '../../src/backtest/some-at-once.ts';
import { NO_STATE_HISTORY } from '../../src/backtest/state-history.ts';
import { ranAt, type Timeline } from '../../src/backtest/timeline.ts';
import { openThreads } from '../../src/cli/threads.ts';
import { REPOSITORY_DEFAULTS } from '../../src/policy/defaults.ts';
import { targetKey } from '../../src/target.ts';
import type { ReplayAnswer } from './measure-backtest.ts';
import { policyOf } from './recorded-target.ts';
import type { RecordedDone, RecordedJob } from './replay-thread.ts';

const [count = 0, days = 0] = process.argv.slice(2).map(Number);
const atOnce = Math.min(availableParallelism(), count);

const file = new URL('replay-thread.ts', import.meta.url);
const threads = openThreads<RecordedJob, RecordedDone>(file, atOnce, undefined);
let earlyRssMib = 0;
const replayed = await someAtOnce(count, atOnce, async (index) => {
  const done = await threads.run({ index, days }, () => {});
  // What it comes to with the first few of each thread.
  if (index < 5 * atOnce) earlyRssMib = Math.max(earlyRssMib, process.memoryUsage.rss() / 2 ** 20);
  return done;
});
await threads.close();

const [start, used] = [performance.now(), process.cpuUsage()];
const policies = replayed.map((_, index) => policyOf(`model-${index}`).policy);
const timelines = new Map<string, Timeline>();
const signals: Signal[] = [];
for (const [index, { target }] of policies.entries()) {
  const done = replayed[index];
  if (!done) continue;
  timelines.set(targetKey(target), done.timeline);
  signals.push(...done.signals);
}
const set = { repository: REPOSITORY_DEFAULTS, targets: policies, problems: [], disabled: [] };
const would = await decideAll(
  signals,
  {
    set,
    timelines,
    state: NO_STATE_HISTORY,
    goal: async ({ policy, ran }) => {
      const timeline = timelines.get(targetKey(policy.target)) ?? { ran: [] };
      const before = ranAt(timeline, ran.from - 1);
      if (!before) return { kind: 'none', passedOver: [] };
      return { kind: 'release', release: before.release, how: 'newest-good', passedOver: [] };
    },
  },
  replayed.reduce((last, { end }) => Math.max(last, end), 0),
);
const decided = { ms: performance.now() - start, cpu: process.cpuUsage(used) };

const sum = (of: (one: RecordedDone) => number): number =>
  replayed.reduce((total, one) => total + of(one), 0);
const byThread = Map.groupBy(replayed, ({ thread }) => thread);
const longest = Math.max(
  ...[...byThread.values()].map((all) => all.reduce((total, { ms }) => total + ms, 0)),
);
const answer: ReplayAnswer = {
  threads: atOnce,
  ms: longest + decided.ms,
  cpuMs: sum(({ cpuMs }) => cpuMs) + (decided.cpu.user + decided.cpu.system) / 1_000,
  looks: sum(({ looks }) => looks),
  samples: sum(({ samples }) => samples),
  rollbacks: would.filter(({ rollback }) => rollback !== undefined).length,
  earlyRssMib,
  peakRssMib: process.resourceUsage().maxRSS / 1_024,
};
process.stdout.write(JSON.stringify(answer));
