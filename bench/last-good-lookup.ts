import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateRepository } from './generate-repository.ts';
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

const execute = promisify(execFile);

/** The first look-up warms what every later one finds warm, and is not counted. */
const LOOKUPS = 12;

const WORKER = fileURLToPath(new URL('lookup-worker.ts', import.meta.url));

/**
 * In a generated repository: how long it takes, after one new commit, to take it in and find the last good release of
 * the model it is about. The alternative in the same run: `git log -p` on the file.
 */
export async function measureLookup(commits: number, models: number): Promise<LookupFigures> {
  const root = await mkdtemp(join(tmpdir(), 'lookup-'));
  try {
    const folder = join(root, 'repository.git');
    const repository = await generateRepository({ folder, commits, models });
    const model = repository.models[Math.floor(models / 2)] ?? '';
    const { head } = repository;
    const news: string[] = [];
    while (news.length < LOOKUPS) news.push(await repository.addCommits(1, { model }));
    await execute('git', ['-C', folder, 'update-ref', 'refs/heads/main', head]);
    const worker = await measureProcess(process.execPath, [WORKER, folder, model, ...news]);
    if (worker.exitCode !== 0) throw new Error(worker.stderr);
    const { file, samples, peakRssMib } = JSON.parse(worker.stdout) as WorkerAnswer;
    const log = ['-C', folder, 'log', '-p', '--first-parent', 'main', '--', file];
    const { peakRssMib: gitLogPeakRssMib } = await measureProcess('git', log);
    const gitLogMs = median(await timeRuns(3, () => measureProcess('git', log)));
    const ms = median(samples);
    return {
      commits,
      models,
      ms,
      gitLogMs,
      peakRssMib,
      gitLogPeakRssMib,
      timesFasterThanGitLog: gitLogMs / ms,
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
