import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mirrorPlace } from './git-environment.ts';
import { initRepository, packWhenDue } from './mirror-folder.ts';
import { runGit } from './run-git.ts';

const NEVER = new AbortController().signal;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-pack-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** A repository with one commit in so many packs; answers how many are left. */
async function packsLeft(packs: number): Promise<number> {
  const place = mirrorPlace(join(root, `${packs}.git`), 'file', process.env);
  await initRepository(place);
  const who = { NAME: 'Ann', EMAIL: 'ann@acme.example', DATE: '1764400000 +0000' };
  const env = Object.fromEntries(
    Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  const tree = await runGit(place, ['hash-object', '-t', 'tree', '-w', '/dev/null']);
  const author = { ...place, env: { ...place.env, ...env } };
  const commit = await runGit(author, ['commit-tree', '-m', 'First', tree]);
  await runGit(place, ['update-ref', 'refs/mirror/branch', commit]);
  await runGit(place, ['repack', '-a', '-d', '--quiet']);
  const folder = join(place.gitFolder, 'objects', 'pack');
  const made = await readdir(folder);
  for (let at = 1; at < packs; at += 1) {
    const name = at.toString(16).padStart(40, '0');
    for (const ending of ['.pack', '.idx']) {
      const from = made.find((one) => one.endsWith(ending)) ?? '';
      await copyFile(join(folder, from), join(folder, `pack-${name}${ending}`));
    }
  }
  await packWhenDue(place, NEVER);
  expect(await runGit(place, ['log', '--format=%s', 'refs/mirror/branch'])).toBe('First');
  return (await readdir(folder)).filter((name) => name.endsWith('.pack')).length;
}

test.each([
  ['few packs are left as they are', 5, 5],
  ['as many as git minds are made one', 52, 1],
])('%s', async (_, packs, left) => {
  expect(await packsLeft(packs)).toBe(left);
});
