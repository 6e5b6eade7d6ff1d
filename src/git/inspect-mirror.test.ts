import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failure, useMirrorWorld } from '../../fixtures/git/mirror-world.ts';
import { git } from '../../fixtures/git/run.ts';
import { commitsAfter, inspectMirror } from './inspect-mirror.ts';
import { mirrorFolder } from './mirror-folder.ts';

const world = useMirrorWorld();

test('a mirror is seen while another process holds it', async () => {
  expect(await inspectMirror(world.folder)).toBeUndefined();
  await world.open();
  const seen = await inspectMirror(world.folder);
  expect(seen?.head).toBe(world.oids[1]);
  expect(seen?.bytes).toBeGreaterThan(1000);
});

test('what a mirror lacks is counted on one that is up to date', async () => {
  const old = (await world.open()) && (await inspectMirror(world.folder));
  world.push('three');
  world.push('four');
  const upToDate = join(world.root, 'other');
  await world.open({ folder: upToDate });
  expect(await commitsAfter(upToDate, old?.head ?? '')).toBe(2);
  expect(await commitsAfter(upToDate, (await inspectMirror(upToDate))?.head ?? '')).toBe(0);
});

test('a mirror of a branch that was pushed over since cannot be counted', async () => {
  await world.open();
  const old = await inspectMirror(world.folder);
  git(world.remote, ['update-ref', 'refs/heads/main', world.oids[0] ?? '']);
  world.push('another two');
  const upToDate = join(world.root, 'other');
  await world.open({ folder: upToDate });
  expect(await commitsAfter(upToDate, old?.head ?? '')).toBeUndefined();
});

test('a mirror without its branch, or without anything, is damaged', async () => {
  const mirror = await world.open();
  await mirror.close();
  const { gitFolder } = mirrorFolder(world.folder);
  git(gitFolder, ['update-ref', '-d', 'refs/mirror/branch']);
  expect((await failure(inspectMirror(world.folder))).code).toBe('damaged');
  await rm(join(gitFolder, 'HEAD'));
  await failure(inspectMirror(world.folder));
});
