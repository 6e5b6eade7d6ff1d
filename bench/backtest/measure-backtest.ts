import { fileURLToPath } from 'node:url';
import { measureProcess } from '../measure.ts';

/** What replaying many targets costs. */
export interface BacktestFigures extends Omit<ReplayAnswer, 'ms' | 'cpuMs'> {
  readonly targets: number;
  readonly days: number;
  /** The replays of the thread that took longest, and all decisions. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** By processor time: what other programs on the machine do not change. */
  readonly cpuMicrosPerLook: number;
}

/** What `replay-all.ts` prints. */
export interface ReplayAnswer {
  readonly threads: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly looks: number;
  readonly samples: number;
  readonly rollbacks: number;
  /** The process: with the first five targets of each thread, and at its peak. */
  readonly earlyRssMib: number;
  readonly peakRssMib: number;
}

const REPLAY = fileURLToPath(new URL('replay-all.ts', import.meta.url));

/** Replays so many targets with five monitors each, a sample and a look every 30 seconds, by a thread for each core. */
export async function measureBacktest(targets: number, days: number): Promise<BacktestFigures> {
  const run = await measureProcess(process.execPath, [REPLAY, ...[targets, days].map(String)]);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  const { ms, cpuMs, ...answer } = JSON.parse(run.stdout) as ReplayAnswer;
  const seconds = ms / 1_000;
  return {
    targets,
    days,
    ...answer,
    seconds,
    samplesPerSecond: answer.samples / seconds,
    cpuMicrosPerLook: (1_000 * cpuMs) / answer.looks,
  };
}
