import { fileURLToPath } from 'node:url';
import { MINUTE } from '../../src/time.ts';
import { measureProcess } from '../measure.ts';

export interface MonitorFigures {
  readonly monitors: number;
  /** Looks of the whole lane: asked for, evaluated, written as JSON; without the network and the disk. */
  readonly evaluationsPerSecond: number;
  /** The pure step alone. */
  readonly pureEvaluationsPerSecond: number;
  /** What one minute of all of these monitors takes of one core, as a share of it. */
  readonly shareOfCore: number;
  readonly peakRssMib: number | undefined;
}

interface Ran {
  readonly monitors: number;
  readonly looks: number;
  readonly ms: number;
}

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));

/** Watches so many monitors of the preset for ordinary online models for so many minutes of their time. */
export async function measureMonitors(monitors: number, minutes: number): Promise<MonitorFigures> {
  const run = async (what: 'watch' | 'evaluate') => {
    const args = [RUN, what, String(monitors), String(minutes)];
    const { exitCode, stdout, stderr, peakRssMib } = await measureProcess(process.execPath, args);
    if (exitCode !== 0) throw new Error(`The watch ended with ${exitCode}: ${stderr}`);
    return { ...(JSON.parse(stdout) as Ran), peakRssMib };
  };
  const watch = await run('watch');
  const pure = await run('evaluate');
  return {
    monitors: watch.monitors,
    evaluationsPerSecond: (watch.looks * 1_000) / watch.ms,
    pureEvaluationsPerSecond: (pure.looks * 1_000) / pure.ms,
    shareOfCore: watch.ms / (minutes * MINUTE),
    peakRssMib: watch.peakRssMib,
  };
}
