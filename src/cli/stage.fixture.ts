import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../../fixtures/git/run.ts';
import { initBare, writeHistory, type WrittenCommit } from '../../fixtures/git/write-history.ts';
import type { ExitCode } from './exit-codes.ts';
import { runCli } from './run-cli.ts';
import type { Instant } from '../time.ts';

/** What a command said and ended with. */
export interface Ran {
  readonly exit: ExitCode;
  readonly out: string;
  readonly error: string;
}

/** Real repositories in a folder of their own, and the command run on them. */
export interface Stage {
  readonly root: string;
  /** Writes a bare repository and a clone of it; answers the clone's folder and the commits in order. */
  repository(commits: readonly WrittenCommit[]): Repository;
  run(args: readonly string[], options?: { now?: Instant; isInteractive?: boolean }): Promise<Ran>;
  /** Runs a command with `--json` and reads what it printed: exactly one document. */
  runJson(args: readonly string[]): Promise<{ readonly exit: ExitCode; readonly data: unknown }>;
  close(): Promise<void>;
}

export interface Repository {
  readonly folder: string;
  readonly bare: string;
  readonly oids: readonly string[];
}

/** The time on the clock unless a test says otherwise. */
export const NOW: Instant = Date.UTC(2026, 10, 14, 12);

/** Seconds since the epoch of a day and hour in November 2026, as commits are dated. */
export function november(day: number, hour = 9): number {
  return Date.UTC(2026, 10, day, hour) / 1000;
}

export async function openStage(): Promise<Stage> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'lastgood-cli-')));
  let count = 0;
  const run: Stage['run'] = async (args, { now = NOW, isInteractive = false } = {}) => {
    const out: string[] = [];
    const error: string[] = [];
    const exit = await runCli(args, {
      out: (text) => out.push(text),
      error: (text) => error.push(text),
      now,
      isInteractive,
    });
    return { exit, out: out.join('\n'), error: error.join('\n') };
  };
  return {
    root,
    repository(commits) {
      const bare = join(root, `remote-${count}.git`);
      const folder = join(root, `clone-${count++}`);
      initBare(bare);
      const oids = writeHistory(bare, 'main', commits);
      git(root, ['clone', '--quiet', bare, folder]);
      return { folder, bare, oids };
    },
    run,
    async runJson(args) {
      const { exit, out } = await run([...args, '--json']);
      return { exit, data: JSON.parse(out) as unknown };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}
