/** A thread of the bench: makes up what was recorded of one target after another, and replays it. */
import { parentPort, threadId } from 'node:worker_threads';
import { replayTarget } from '../../src/backtest/replay-target.ts';
import type { Signal } from '../../src/backtest/decide-all.ts';
import type { Timeline } from '../../src/backtest/timeline.ts';
import { serveJobs } from '../../src/cli/threads.ts';
import type { Instant } from '../../src/time.ts';
import { policyOf, recordTarget, releasesOf, timelineOf } from './recorded-target.ts';

export interface RecordedJob {
  readonly index: number;
  readonly days: number;
}

/** What came of one target. Making its recording up is not measured. */
export interface RecordedDone {
  readonly thread: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly looks: number;
  readonly samples: number;
  readonly signals: readonly Signal[];
  readonly timeline: Timeline;
  readonly end: Instant;
}

async function replay({ index, days }: RecordedJob): Promise<RecordedDone> {
  const { policy } = policyOf(`model-${index}`);
  const { recording, end } = recordTarget(index, days);
  const periods = releasesOf(policy, end);
  const [start, used] = [performance.now(), process.threadCpuUsage()];
  const { signals, looks, samples } = await replayTarget(periods, recording);
  const { user, system } = process.threadCpuUsage(used);
  return {
    thread: threadId,
    ms: performance.now() - start,
    cpuMs: (user + system) / 1_000,
    looks,
    samples,
    signals,
    timeline: timelineOf(periods),
    end,
  };
}

serveJobs(parentPort, replay);
