/**
 * A process of its own, so that its memory can be told: replays some targets, one after another, and decides about what
 * fired. Prints a `WorkerAnswer`. Making the recordings up is not measured.
 */
import { decideAll, type Signal } from '../../src/backtest/decide-all.ts';
import { replayTarget } from '../../src/backtest/replay-target.ts';
import { NO_STATE_HISTORY } from '../../src/backtest/state-history.ts';
import { ranAt, type Timeline } from '../../src/backtest/timeline.ts';
import type { TargetPolicy } from '../../src/policy/policy.ts';
import { REPOSITORY_DEFAULTS } from '../../src/policy/defaults.ts';
import { targetKey } from '../../src/target.ts';
import type { WorkerAnswer } from './measure-backtest.ts';
import { policyOf, recordTarget, releasesOf, timelineOf } from './recorded-target.ts';

const [first = 0, end = 0, days = 0] = process.argv.slice(2).map(Number);

const timelines = new Map<string, Timeline>();
const policies: TargetPolicy[] = [];
const signals: Signal[] = [];
let [ms, looks, samples, last, earlyRssMib] = [0, 0, 0, 0, 0];
const cpu = { user: 0, system: 0 };

async function timed<T>(work: () => Promise<T>): Promise<T> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const answer = await work();
  const { user, system } = process.cpuUsage(used);
  ms += performance.now() - start;
  cpu.user += user;
  cpu.system += system;
  return answer;
}

const rssMib = (): number => process.memoryUsage.rss() / 2 ** 20;

for (let index = first; index < end; index += 1) {
  const { policy } = policyOf(`model-${index}`);
  const recorded = recordTarget(index, days);
  const periods = releasesOf(policy, recorded.end);
  const replayed = await timed(() => replayTarget(periods, recorded.recording));
  policies.push(policy);
  timelines.set(targetKey(policy.target), timelineOf(periods));
  signals.push(...replayed.signals);
  looks += replayed.looks;
  samples += replayed.samples;
  last = Math.max(last, recorded.end);
  // What it comes to with the first few.
  if (index - first < 5) earlyRssMib = Math.max(earlyRssMib, rssMib());
}
const set = { repository: REPOSITORY_DEFAULTS, targets: policies, problems: [], disabled: [] };
const would = await timed(() =>
  decideAll(
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
    last,
  ),
);

const answer: WorkerAnswer = {
  ms,
  cpuMs: (cpu.user + cpu.system) / 1_000,
  looks,
  samples,
  rollbacks: would.filter(({ rollback }) => rollback !== undefined).length,
  earlyRssMib,
  peakRssMib: process.resourceUsage().maxRSS / 1_024,
};
process.stdout.write(JSON.stringify(answer));
