/**
 * Threads that do jobs, one at a time each.
 *
 * What must hold: a job's failure reads as if it had been done here, so the command's own failures come back as such; a
 * thread that ends before its job is done fails it; `close` leaves no thread behind.
 *
 * @module
 */
import { Worker, type MessagePort } from 'node:worker_threads';
import type { Progress } from '../backtest/replay-target.ts';
import { CommandFailed, type ExitCode } from './exit-codes.ts';

export interface Threads<Job, Done> {
  /** Has a free thread do a job; no more at once than there are threads. */
  readonly run: (job: Job, progress: Progress) => Promise<Done>;
  readonly close: () => Promise<void>;
}

type Said<Done> =
  | { readonly share: number }
  | { readonly done: Done }
  | { readonly failed: { readonly exit: ExitCode; readonly message: string } }
  | { readonly broken: Error };

/** Starts so many threads of a file that calls {@link serveJobs}; `ground` is its `workerData`. */
export function openThreads<Job, Done>(
  file: URL,
  size: number,
  ground: unknown,
): Threads<Job, Done> {
  const all = Array.from({ length: size }, () => new Worker(file, { workerData: ground }));
  const free = [...all];
  return {
    async run(job, progress) {
      const thread = free.pop();
      if (!thread) throw new Error('More jobs at once than there are threads.');
      try {
        return await ask<Done>(thread, job, progress);
      } finally {
        free.push(thread);
      }
    },
    async close() {
      await Promise.all(all.map((one) => one.terminate()));
    },
  };
}

async function ask<Done>(thread: Worker, job: unknown, progress: Progress): Promise<Done> {
  const { promise, resolve, reject } = Promise.withResolvers<Done>();
  const hear = (said: Said<Done>): void => {
    if ('share' in said) progress(said.share);
    else if ('done' in said) resolve(said.done);
    else if ('failed' in said) reject(new CommandFailed(said.failed.exit, said.failed.message));
    else reject(said.broken);
  };
  const end = (): void => reject(new Error('A thread ended before its job was done.'));
  thread.on('message', hear).on('error', reject).on('exit', end);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  thread.postMessage(job);
  try {
    return await promise;
  } finally {
    thread.off('message', hear).off('error', reject).off('exit', end);
  }
}

/** In a thread: does each job that comes, and says what came of it. */
export function serveJobs(
  port: MessagePort | null,
  work: (job: never, progress: Progress) => Promise<unknown>,
): void {
  const say = (said: Said<unknown>): void => port?.postMessage(said);
  port?.on('message', (job: unknown) => {
    work(job as never, (share) => say({ share })).then(
      (done) => say({ done }),
      (error: unknown) =>
        say(
          error instanceof CommandFailed
            ? { failed: { exit: error.exit, message: error.message } }
            : { broken: error instanceof Error ? error : new Error(String(error)) },
        ),
    );
  });
}
