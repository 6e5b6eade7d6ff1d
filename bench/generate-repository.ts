import { execFile, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createHistory } from './release-history.ts';
import type { GeneratedCommit } from './release-history.ts';

const run = promisify(execFile);

export interface GenerateOptions {
  /** Made when missing; must not hold a repository. */
  readonly folder: string;
  /** Length of the first-parent history, the first commit with all models included. */
  readonly commits?: number;
  readonly models?: number;
  /** Equal seeds make equal commits, byte for byte. */
  readonly seed?: number;
  /** Without a working tree, as a server has it (the default), or checked out. */
  readonly bare?: boolean;
}

export interface GeneratedRepository {
  readonly folder: string;
  /** The names of the models, each with a folder in `clusters/production`. */
  readonly models: readonly string[];
  /** The newest commit of `main`. */
  readonly head: string;
  /**
   * Adds commits on top of what this object made, and answers the new head.
   * With a model, each of them is a release of it; otherwise the history goes on as it began.
   * A working tree is not updated.
   */
  addCommits(count: number, options?: { readonly model?: string }): Promise<string>;
}

/**
 * Makes a manifests repository with a long history: each model has an inference service and a feature snapshot, and
 * most commits are releases that change both. Written by one `git fast-import`.
 */
export async function generateRepository(options: GenerateOptions): Promise<GeneratedRepository> {
  const { folder, commits = 50_000, models = 2_000, seed = 1, bare = true } = options;
  if (commits < 1 || models < 1)
    throw new Error('A repository needs at least one commit and one model.');
  const history = createHistory({ models, seed });
  await mkdir(folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--initial-branch=main', ...(bare ? ['--bare'] : [])]);
  await importCommits(
    folder,
    take(commits, (i) => (i === 0 ? history.first() : history.next())),
  );
  if (!bare) await git(folder, ['reset', '--quiet', '--hard']);
  let head = await headOf(folder);
  return {
    folder,
    models: history.models,
    get head() {
      return head;
    },
    async addCommits(count, { model } = {}) {
      await importCommits(
        folder,
        take(count, () => history.next(model)),
        head,
      );
      head = await headOf(folder);
      return head;
    },
  };
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args]);
  return stdout.trim();
}

const headOf = (folder: string) => git(folder, ['rev-parse', 'refs/heads/main']);

function* take<T>(count: number, make: (i: number) => T): Generator<T> {
  for (let i = 0; i < count; i++) yield make(i);
}

async function importCommits(
  folder: string,
  commits: Iterable<GeneratedCommit>,
  parent?: string,
): Promise<void> {
  const child = spawn('git', ['-C', folder, 'fast-import', '--quiet', '--date-format=raw'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const [sent, code] = await Promise.allSettled([
    pipeline(Readable.from(chunks(commits, parent)), child.stdin),
    ended,
  ]);
  if (code.status === 'rejected') throw code.reason;
  if (code.value !== 0)
    throw new Error(`git fast-import failed with ${code.value}: ${errors.trim()}`);
  if (sent.status === 'rejected') throw sent.reason;
}

const CHUNK = 256 * 1024;

/** The commits in the language of fast-import, in pieces that are worth a write. */
function* chunks(commits: Iterable<GeneratedCommit>, parent?: string): Generator<string> {
  let text = '';
  let from = parent;
  for (const commit of commits) {
    text += commitText(commit, from);
    from = undefined;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Later commits of a stream follow the one before without saying so. */
function commitText(commit: GeneratedCommit, from?: string): string {
  const who = `${commit.author.name} <${commit.author.email}> ${commit.at / 1_000} +0000`;
  const head = `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${data(commit.message)}`;
  const files = commit.files.map(({ path, text }) => `M 100644 inline ${path}\n${data(text)}`);
  return `${head}${from === undefined ? '' : `from ${from}\n`}${files.join('')}\n`;
}

/** Lengths count bytes; the generator writes ASCII only. */
function data(text: string): string {
  return `data ${text.length}\n${text}\n`;
}
