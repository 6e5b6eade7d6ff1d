/** A thread that replays targets, one after another, and says how far it is. Speaks with `openThreads`. */
import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createDigest } from '../backtest/digest.ts';
import type { Progress } from '../backtest/replay-target.ts';
import { openClone } from '../git/open-clone.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { openRecordings } from './recordings.ts';
import { replayJob, type ReplayDone, type ReplayGround } from './replay-job.ts';
import { serveJobs } from './threads.ts';
import { ofCommand } from './with-clone.ts';
import { withRecordings } from './with-recordings.ts';

const ground = workerData as ReplayGround;
// Opened with the first job, so that what is wrong with it is told as with any other.
let opened: ReturnType<typeof openClone> | undefined;

async function replay(policies: readonly TargetPolicy[], progress: Progress): Promise<ReplayDone> {
  try {
    opened ??= openClone(resolve(ground.repo));
    const clone = await opened;
    const digest = createDigest();
    const read = openRecordings(ground.options, ground.now, digest);
    const done = await withRecordings(() => replayJob(clone, ground, read, policies, progress));
    return { ...done, digest: digest.finish() };
  } catch (error) {
    throw ofCommand(error);
  }
}

serveJobs(parentPort, replay);
