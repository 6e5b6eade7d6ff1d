import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Milliseconds } from '../../src/time.ts';
import type { Template } from './requests.ts';

/** What one process of the load has to do. */
export interface Job {
  readonly template: Template;
  readonly clients: number;
  readonly warmUp: Milliseconds;
  readonly length: Milliseconds;
  /** Numbers of requests begin after it. */
  readonly first: number;
  /** Not more requests than these. */
  readonly most: number;
}

export interface LoadAnswer {
  readonly ms: Milliseconds;
  /** Requests, those of the warm-up included. */
  readonly sent: number;
  /** How many answers had which status, without the warm-up. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p99: Milliseconds;
}

export interface Load {
  readonly perSecond: number;
  readonly p99: Milliseconds;
  readonly sent: number;
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Sends the load from a process of its own. Throws when anything but 2xx came back. */
export async function runLoad(job: Job): Promise<Load> {
  const { stdout } = await promisify(execFile)(process.execPath, [WORKER, JSON.stringify(job)], {
    maxBuffer: 2 ** 20,
  });
  const { ms, sent, statuses, p99 } = JSON.parse(stdout) as LoadAnswer;
  const good = Object.entries(statuses).filter(([status]) => /^2\d\d$/.test(status));
  const answers = good.reduce((sum, [, count]) => sum + count, 0);
  if (good.length < Object.keys(statuses).length || answers === 0) {
    throw new Error(`Not every request was taken: ${JSON.stringify(statuses)}.`);
  }
  return { perSecond: (answers / ms) * 1_000, p99, sent };
}
