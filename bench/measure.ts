import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What one run of a child process took. */
export interface ProcessRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time in milliseconds, start of the process included. */
  readonly ms: number;
  /**
   * The largest resident set of any one process of the run, in MiB; undefined where it cannot be measured:
   * without GNU time only for a child that is Node itself.
   */
  readonly peakRssMib: number | undefined;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const GNU_TIME = '/usr/bin/time';

/** Runs a program to its end and measures it. Rejects when it cannot be started, never for its exit code. */
export async function measureProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'measure-'));
  const file = path.join(folder, 'rss');
  try {
    const how = existsSync(GNU_TIME)
      ? { command: GNU_TIME, args: ['-o', file, '-f', '%M', '--', command, ...args] }
      : { command, args: isNode(command) ? ['--import', reporter(file), ...args] : [...args] };
    const run = await runToEnd(how.command, how.args, options);
    return { ...run, peakRssMib: await readKibibytes(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isNode = (command: string) =>
  command === process.execPath || path.basename(command) === 'node';

/** A module that leaves the peak of its process behind at exit. */
function reporter(file: string): string {
  const source = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

async function readKibibytes(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // A failed child adds a line of its own before the number.
  const last = text.trim().split('\n').at(-1) ?? '';
  return /^\d+$/.test(last) ? Number(last) / 1_024 : undefined;
}

function runToEnd(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Omit<ProcessRun, 'peakRssMib'>> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) =>
      resolve({ exitCode, ...output, ms: performance.now() - start }),
    );
  });
}

/** Runs `run` so many times, one after another, and answers the wall time of each in milliseconds. */
export async function timeRuns(
  times: number,
  run: (i: number) => Promise<unknown>,
): Promise<number[]> {
  const lengths: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run(i);
    lengths.push(performance.now() - start);
  }
  return lengths;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined)
    throw new Error('There is no median of no values.');
  return (lower + upper) / 2;
}
