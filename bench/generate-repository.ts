import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Folder } from './pack/folder-tree.ts';
import { PackWriter } from './pack/pack-writer.ts';
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
 * most commits are releases that change both.
 *
 * The pack is written here and not by `git fast-import`, which writes a folder of 2,000 models anew for each commit,
 * entry by entry, and takes three times as long.
 */
export async function generateRepository(options: GenerateOptions): Promise<GeneratedRepository> {
  const { folder, commits = 50_000, models = 2_000, seed = 1, bare = true } = options;
  if (commits < 1 || models < 1) {
    throw new Error('A repository needs at least one commit and one model.');
  }
  const history = createHistory({ models, seed });
  await mkdir(folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--initial-branch=main', ...(bare ? ['--bare'] : [])]);

  const root = new Folder();
  const known = new Set<string>();
  let head = '';
  const write = async (count: number, make: () => GeneratedCommit) => {
    const pack = new PackWriter(path.join(folder, bare ? '' : '.git', 'objects'), known);
    for (let i = 0; i < count; i++) head = addCommit(pack, root, make(), head);
    pack.finish();
    await git(folder, ['update-ref', 'refs/heads/main', head]);
  };

  await write(1, () => history.first());
  if (commits > 1) await write(commits - 1, () => history.next());
  if (!bare) await git(folder, ['reset', '--quiet', '--hard']);
  return {
    folder,
    models: history.models,
    get head() {
      return head;
    },
    async addCommits(count, { model } = {}) {
      await write(count, () => history.next(model));
      return head;
    },
  };
}

function addCommit(
  pack: PackWriter,
  root: Folder,
  commit: GeneratedCommit,
  parent: string,
): string {
  for (const file of commit.files) root.set(file.path.split('/'), Buffer.from(file.text), pack);
  const tree = root.store(pack).toString('hex');
  const who = `${commit.author.name} <${commit.author.email}> ${commit.at / 1_000} +0000`;
  const parents = parent === '' ? '' : `parent ${parent}\n`;
  const text = `tree ${tree}\n${parents}author ${who}\ncommitter ${who}\n\n${commit.message}`;
  return pack.add('commit', Buffer.from(text)).oid.toString('hex');
}

async function git(folder: string, args: readonly string[]): Promise<void> {
  await run('git', ['-C', folder, ...args]);
}
