import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureProcess } from '../measure.ts';

/** What replaying many targets costs. */
export interface BacktestFigures {
  readonly targets: number;
  readonly days: number;
  readonly samples: number;
  readonly looks: number;
  readonly rollbacks: number;
  readonly processes: number;
  /** From the first look to the last decision, of the process that took longest. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** Of a process, by its processor time: what other programs on the machine do not change. */
  readonly cpuMicrosPerLook: number;
  /** The largest process: with the first five targets, and at its peak. */
  readonly earlyRssMib: number;
  readonly peakRssMib: number;
}

/** What `replay-worker.ts` prints. */
export interface WorkerAnswer {
  readonly ms: number;
  readonly cpuMs: number;
  readonly looks: number;
  readonly samples: number;
  readonly rollbacks: number;
  readonly earlyRssMib: number;
  readonly peakRssMib: number;
}

const WORKER = fileURLToPath(new URL('replay-worker.ts', import.meta.url));

/** Replays so many targets with five monitors each, a sample and a look every 30 seconds, in a process for each core. */
export async function measureBacktest(targets: number, days: number): Promise<BacktestFigures> {
  const processes = Math.min(availableParallelism(), targets);
  const share = Math.ceil(targets / processes);
  const answers = await Promise.all(
    Array.from({ length: processes }, async (_, i) => {
      const part = [i * share, Math.min(targets, (i + 1) * share), days].map(String);
      const run = await measureProcess(process.execPath, [WORKER, ...part]);
      if (run.exitCode !== 0) throw new Error(run.stderr);
      return JSON.parse(run.stdout) as WorkerAnswer;
    }),
  );
  const sum = (of: (one: WorkerAnswer) => number): number =>
    answers.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: WorkerAnswer) => number): number => Math.max(...answers.map(of));
  const seconds = most(({ ms }) => ms) / 1_000;
  const samples = sum((one) => one.samples);
  const looks = sum((one) => one.looks);
  return {
    targets,
    days,
    samples,
    looks,
    rollbacks: sum((one) => one.rollbacks),
    processes,
    seconds,
    samplesPerSecond: samples / seconds,
    cpuMicrosPerLook: (1_000 * sum(({ cpuMs }) => cpuMs)) / looks,
    earlyRssMib: most((one) => one.earlyRssMib),
    peakRssMib: most((one) => one.peakRssMib),
  };
}
