import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureProcess, median, timeRuns } from './measure.ts';

/** What finding the last good release costs, beside reading the file's log. Times in milliseconds, memory in MiB. */
export interface LookupFigures {
  readonly commits: number;
  readonly models: number;
  readonly ms: number;
  readonly gitLogMs: number;
  readonly timesFasterThanGitLog: number;
  readonly peakRssMib: number;
  readonly gitLogPeakRssMib: number | undefined;
}

/** What `lookup-worker.ts` prints. */
export interface WorkerAnswer {
  /** The file that the model's version is pinned in. */
  readonly file: string;
  readonly samples: readonly number[];
  readonly peakRssMib: number;
}

const WORKER = fileURLToPath(new URL('lookup-worker.ts', import.meta.url));

/**
 * In a generated repository: how long it takes, after one new commit, to take it in and find the last good release of
 * the model it is about. The alternative in the same run: `git log -p` on the file.
 */
export async function measureLookup(commits: number, models: number): Promise<LookupFigures> {
  const root = await mkdtemp(join(tmpdir(), 'lookup-'));
  try {
    const folder = join(root, 'repository.git');
    const worker = await measureProcess(process.execPath, [
      ...[WORKER, folder, String(commits), String(models)],
    ]);
    if (worker.exitCode !== 0) throw new Error(worker.stderr);
    const { file, samples, peakRssMib } = JSON.parse(worker.stdout) as WorkerAnswer;
    const log = ['-C', folder, 'log', '-p', '--first-parent', 'main', '--', file];
    const { peakRssMib: gitLogPeakRssMib } = await measureProcess('git', log);
    const gitLogMs = median(await timeRuns(3, () => measureProcess('git', log)));
    const ms = median(samples);
    return {
      ...{ commits, models, ms, gitLogMs, peakRssMib, gitLogPeakRssMib },
      timesFasterThanGitLog: gitLogMs / ms,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
