/**
 * A long-lived `git cat-file --batch`: an object costs a write and a read instead of a process.
 *
 * Requests are object names (checked) and refs that this program named, so nothing from a file or a person reaches git. Answers come in the
 * order of the requests. When the process dies, the request it was at is put to a new one once, then fails;
 * the requests behind it are not harmed.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Oid } from '../releases/release.ts';
import { readCatFileAnswers } from './cat-file-answers.ts';
import type { CatFileAnswer, GitObject } from './cat-file-answers.ts';
import { GitError } from './git-error.ts';
import { isOid } from './tree-path.ts';

/** Larger objects are refused: no manifest, commit or folder comes near, and memory is finite. */
const LIMIT_BYTES = 64 * 1024 * 1024;

export interface CatFile {
  /** The object of that name. Throws {@link GitError} `missing-object`, `too-big`, `damaged` or `closed`. */
  read(oid: Oid): Promise<GitObject>;
  /** The object that a ref of this program's own naming stands at, as of now. Throws as {@link read}. */
  readRef(ref: `refs/${string}`): Promise<GitObject>;
  /** Ends the process, and starts another with the next request: for a folder that was replaced. */
  restart(): Promise<void>;
  /** Ends the process; requests not yet answered fail. */
  close(): Promise<void>;
}

interface Request {
  /** An object name or a ref. */
  readonly name: string;
  readonly resolve: (object: GitObject) => void;
  readonly reject: (error: GitError) => void;
  attempts: number;
}

/** Opens a {@link CatFile}; `start` starts the process, and is called again after each death. */
export function openCatFile(
  start: () => ChildProcessWithoutNullStreams,
  limit: number = LIMIT_BYTES,
): CatFile {
  const queue: Request[] = [];
  let child: ChildProcessWithoutNullStreams | undefined;
  let closed = false;

  function ensureStarted(): ChildProcessWithoutNullStreams {
    if (child) return child;
    const started = start();
    child = started;
    const answers = readCatFileAnswers(limit, answer);
    let problem = '';
    started.stderr.on('data', (text: Buffer) => {
      problem = (problem + text.toString()).slice(-1000);
    });
    // Writing to a process that has died is told by 'close' as well.
    started.stdin.on('error', () => {});
    started.stdout.on('data', (chunk: Buffer) => {
      if (child !== started) return;
      try {
        answers.push(chunk);
      } catch (error) {
        problem = String(error);
        started.kill();
      }
    });
    started.on('error', (error) => died(started, error.message));
    started.on('close', () => died(started, problem));
    return started;
  }

  function answer(answered: CatFileAnswer): void {
    const request = queue.shift();
    if (!request) return;
    if (answered.kind === 'object') return request.resolve(answered.object);
    request.reject(
      answered.kind === 'missing'
        ? new GitError(
            'missing-object',
            `The repository has no object ${request.name}. Fetch, or name an object that it has.`,
          )
        : new GitError(
            'too-big',
            `The object ${request.name} has ${answered.size} bytes; at most ${limit} are read.`,
          ),
    );
  }

  function died(which: ChildProcessWithoutNullStreams, why: string): void {
    if (child !== which) return;
    child = undefined;
    const first = queue[0];
    if (!first) return;
    first.attempts += 1;
    if (first.attempts >= 2) {
      queue.shift();
      first.reject(
        new GitError('damaged', `git cannot read the object ${first.name}: it died twice at it.`, {
          cause: new Error(why || 'git printed nothing'),
        }),
      );
    }
    if (queue.length > 0) sendAll();
  }

  function sendAll(): void {
    const { stdin } = ensureStarted();
    stdin.write(queue.map(({ name }) => `${name}\n`).join(''));
  }

  async function stop(): Promise<void> {
    const stopping = child;
    child = undefined;
    if (!stopping || stopping.exitCode !== null || stopping.signalCode !== null) return;
    const gone = new Promise((resolve) => stopping.once('close', resolve));
    stopping.stdin.end();
    stopping.kill();
    await gone;
  }

  async function ask(name: string): Promise<GitObject> {
    if (closed) throw new GitError('closed', 'The repository was closed.');
    return await new Promise<GitObject>((resolve, reject) => {
      const { stdin } = ensureStarted();
      queue.push({ name, resolve, reject, attempts: 0 });
      stdin.write(`${name}\n`);
    });
  }

  return {
    async read(oid) {
      if (isOid(oid)) return await ask(oid);
      throw new GitError(
        'unknown-revision',
        `${JSON.stringify(oid)} is not an object name: 40 lower-case hex digits were expected.`,
      );
    },
    readRef: ask,
    async restart() {
      await stop();
      if (queue.length > 0) sendAll();
    },
    async close() {
      closed = true;
      await stop();
      for (const request of queue.splice(0)) {
        request.reject(new GitError('closed', 'The repository was closed.'));
      }
    },
  };
}
