import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { initBare, writeHistory } from '../../fixtures/git/write-history.ts';
import { openClone } from './open-clone.ts';
import type { Clone } from './open-clone.ts';

let root = '';
let remote = '';
let oids: readonly string[] = [];
let opened: Clone[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-clone-'));
  remote = join(root, 'remote.git');
  opened = [];
  initBare(remote);
  oids = writeHistory(
    remote,
    'main',
    ['1', '2', '3', '4', '5'].map((n) => ({ message: n, files: { 'd/a': n, [`only-${n}`]: n } })),
  );
});
afterEach(async () => {
  await Promise.all(opened.map((clone) => clone.close()));
  await rm(root, { recursive: true, force: true });
});

async function open(folder: string): Promise<Clone> {
  const clone = await openClone(folder);
  opened.push(clone);
  return clone;
}

function cloneTo(name: string, ...args: readonly string[]): string {
  const folder = join(root, name);
  git(root, ['clone', '--quiet', ...args, `file://${remote}`, folder]);
  return folder;
}

async function subjects(clone: Clone, path: string, from?: string): Promise<readonly string[]> {
  const found: string[] = [];
  const start = from ?? (await clone.head()).commit;
  for await (const { subject } of clone.changes([path], start)) found.push(subject);
  return found;
}

test('a clone is found from a folder within it; paths stay those of its top', async () => {
  const clone = await open(join(cloneTo('work'), 'd'));
  expect(await subjects(clone, 'd/a')).toEqual(['5', '4', '3', '2', '1']);
  expect(await subjects(clone, 'a')).toEqual([]);
});

test('a bare clone, a linked work tree and a detached HEAD are read as well', async () => {
  expect(await subjects(await open(remote), 'd/a')).toHaveLength(5);
  const work = cloneTo('work');
  git(work, ['worktree', 'add', '--quiet', '--detach', join(root, 'linked'), 'HEAD~2']);
  const linked = await open(join(root, 'linked'));
  expect((await linked.head()).commit).toBe(oids[2]);
  expect(await subjects(linked, 'd/a')).toEqual(['3', '2', '1']);
});

test('without anything checked out, the remote default branch is read', async () => {
  const work = cloneTo('work', '--no-checkout');
  git(work, ['symbolic-ref', 'HEAD', 'refs/heads/unborn']);
  expect((await (await open(work)).head()).commit).toBe(oids[4]);
});

test('settings of the clone change nothing and run nothing', async () => {
  const work = cloneTo('work');
  const marker = join(root, 'ran');
  const settings = {
    'core.fsmonitor': `touch ${marker}`,
    'core.pager': `touch ${marker}`,
    'diff.external': `touch ${marker}`,
    'core.worktree': root,
    'diff.relative': 'true',
    'diff.renames': 'copies',
    'diff.noprefix': 'true',
    'color.ui': 'always',
    'log.showRoot': 'false',
    'log.showSignature': 'true',
    'log.diffMerges': 'off',
    'core.quotePath': 'true',
    'format.pretty': 'oneline',
  };
  for (const [key, value] of Object.entries(settings)) git(work, ['config', key, value]);
  const clone = await open(join(work, 'd'));
  expect(await subjects(clone, 'd/a')).toEqual(['5', '4', '3', '2', '1']);
  await expect(writeFile(marker, '', { flag: 'wx' })).resolves.toBeUndefined();
});

test('a revision is resolved in any form git knows, and never taken for an option', async () => {
  const work = cloneTo('work');
  git(work, ['tag', '-a', '-m', 'tag', 'v1', 'HEAD~3']);
  const clone = await open(work);
  for (const [rev, index] of [
    ['HEAD', 4],
    ['HEAD~2', 2],
    ['v1', 1],
    ['origin/main', 4],
    [oids[3]?.slice(0, 12) ?? '', 3],
    ['HEAD^{/2}', 1],
  ] as const) {
    expect(await clone.resolve(rev)).toBe(oids[index]);
  }
  for (const rev of ['', 'none', '--help', '--output=x', '-h', 'HEAD..HEAD~1', 'HEAD:d', 'a\0b']) {
    await expect(clone.resolve(rev)).rejects.toMatchObject({
      code: 'unknown-revision',
      message: `The repository ${work} has no commit ${JSON.stringify(rev)}. Name a commit, a branch or a tag that \`git log\` there knows, or fetch it first.`,
    });
  }
});

test.each([
  ['no folder', async () => {}],
  ['an empty folder', async (folder: string) => await mkdir(folder, { recursive: false })],
  ['a file', async (folder: string) => await writeFile(folder, '')],
])('%s is told to be no repository', async (_, make) => {
  const folder = join(root, 'nothing');
  await make(folder);
  await expect(open(folder)).rejects.toMatchObject({
    code: 'not-a-repository',
    message: `There is no git repository at ${folder}. Name the folder of a clone of the manifests repository.`,
  });
});

test('a repository without a commit is told so', async () => {
  const folder = join(root, 'empty.git');
  initBare(folder);
  await expect(open(folder)).rejects.toMatchObject({ code: 'no-commits' });
});

test('a repository of another object format is told so', async () => {
  const folder = join(root, 'sha256.git');
  git(root, ['init', '--quiet', '--bare', '--object-format=sha256', folder]);
  await expect(open(folder)).rejects.toThrow('names its objects by sha256; only sha1 is supported');
});

test('a shallow clone answers what it can know, then says what to do', async () => {
  const clone = await open(cloneTo('shallow', '--depth=3'));
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const { subject } of clone.changes(['d/a'], oids[4] ?? '')) seen.push(subject);
  };
  await expect(read()).rejects.toMatchObject({
    code: 'shallow',
    message: `The clone is shallow: its history ends at commit ${oids[2]}, and what came before cannot be known. Run \`git fetch --unshallow\` and try again.`,
  });
  expect(seen).toEqual(['5', '4']);
  // Nothing found is no proof either, nor is a commit that lies beyond the end.
  await expect(subjects(clone, 'none')).rejects.toMatchObject({ code: 'shallow' });
  await expect(subjects(clone, 'd/a', oids[1])).rejects.toMatchObject({ code: 'shallow' });
  // A reader who stops in time is not bothered.
  for await (const { subject } of clone.changes(['d/a'], oids[4] ?? '')) {
    expect(subject).toBe('5');
    break;
  }
});

test('a clone without blobs fetches those it needs', async () => {
  git(remote, ['config', 'uploadpack.allowFilter', 'true']);
  git(remote, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  const clone = await open(cloneTo('partial', '--filter=blob:none', '--no-checkout'));
  const file = await clone.fileAt(oids[0] ?? '', 'd/a');
  expect(Buffer.from(await clone.blob(file?.blob ?? '')).toString()).toBe('1');
});

test('more paths than fit on a command line are read all the same', async () => {
  const clone = await open(cloneTo('work'));
  const paths = Array.from({ length: 3_000 }, (_, i) => `${'long/'.repeat(40)}${i}`);
  const found: string[] = [];
  for await (const change of clone.changes([...paths, 'd/a', 'only-3'], oids[4] ?? '')) {
    found.push(`${change.subject} ${Object.keys(change.files).join(' ')}`);
  }
  expect(found).toEqual(['5 d/a', '4 d/a', '3 d/a only-3', '2 d/a', '1 d/a']);
});
