import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, subjects, useMirrorWorld } from '../../fixtures/git/mirror-world.ts';
import { writeHistory } from '../../fixtures/git/write-history.ts';

const world = useMirrorWorld();

describe('opening again', () => {
  test('needs no remote, and reads the index from its file', async () => {
    await (await world.open()).close();
    const requests = world.server.requests.length;
    const mirror = await world.open();
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    expect(world.server.requests).toHaveLength(requests);
    expect(world.notices).toEqual([]);
  });

  test.each([
    ['is cut off', async (file: string) => await truncate(file, 100)],
    ['is empty', async (file: string) => await truncate(file, 0)],
    ['is of another version', async (file: string) => await writeFile(file, 'index 0\n{}')],
    ['has a flipped bit', flipBit],
    ['is gone', async (file: string) => await rm(file)],
  ])('an index file that %s is built anew', async (_, harm) => {
    await (await world.open()).close();
    await harm(join(world.folder, 'history-index'));
    const mirror = await world.open();
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    await mirror.close();
    expect(await subjects(await world.open())).toEqual(['two', 'one']);
  });

  test('an index file of another history is not believed', async () => {
    await (await world.open()).close();
    const index = await readFile(join(world.folder, 'history-index'));
    writeHistory(world.remote, 'main', [{ message: 'other', files: { a: 'x' } }], world.oids[0]);
    const mirror = await world.open();
    await mirror.fetch();
    await mirror.close();
    await writeFile(join(world.folder, 'history-index'), index);
    expect(await subjects(await world.open())).toEqual(['other', 'one']);
  });

  test.each([
    ['has no HEAD', async (at: string) => await rm(join(at, 'HEAD'))],
    [
      'has lost its objects',
      async (at: string) => await rm(join(at, 'objects'), { recursive: true }),
    ],
    ['has a broken config', async (at: string) => await writeFile(join(at, 'config'), '[core\n')],
    [
      'has lost its ref',
      async (at: string) => await rm(join(at, 'refs', 'mirror'), { recursive: true }),
    ],
    [
      'is shallow',
      async (at: string) => await writeFile(join(at, 'shallow'), `${world.oids[1]}\n`),
    ],
    ['is a file', replaceByFile],
    ['has lost an old commit', async (at: string) => await rm(looseFile(at, world.oids[0] ?? ''))],
  ])('a repository that %s is cloned again, loudly', async (_, harm) => {
    await (await world.open()).close();
    await harm(join(world.folder, 'repository.git'));
    await rm(join(world.folder, 'history-index'));
    const mirror = await world.open();
    expect(await subjects(mirror)).toEqual(['two', 'one']);
    expect(world.notices).toHaveLength(1);
    expect(world.notices[0]).toContain(`The mirror ${world.folder} is cloned again.`);
    const left = await readdir(world.folder);
    expect(left.filter((name) => /incoming|discarded|new/.test(name))).toEqual([]);
  });

  test('a repository found damaged while it is read is cloned again with the next fetch', async () => {
    const mirror = await world.open();
    const { blob } = (await mirror.fileAt(world.oids[1] ?? '', 'a')) ?? { blob: '' };
    await rm(looseFile(join(world.folder, 'repository.git'), blob));
    expect((await failure(mirror.blob(blob))).code).toBe('missing-object');
    await mirror.fetch();
    expect(world.notices).toHaveLength(1);
    expect(Buffer.from(await mirror.blob(blob)).toString()).toBe('2');
  });

  test('asking for an object that never was clones nothing', async () => {
    const mirror = await world.open();
    await failure(mirror.blob('a'.repeat(40)));
    await mirror.fetch();
    expect(world.notices).toEqual([]);
  });

  test('a lock that a killed git left behind is removed', async () => {
    await (await world.open()).close();
    const lock = join(world.folder, 'repository.git', 'refs', 'mirror', 'branch.lock');
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    const pushed = world.push('three');
    const mirror = await world.open();
    expect(await mirror.fetch()).toMatchObject({ after: pushed });
    expect(existsSync(lock)).toBe(false);
  });
});

async function flipBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 4, bytes.length - 9);
  await writeFile(file, bytes);
}

async function replaceByFile(at: string): Promise<void> {
  await rm(at, { recursive: true });
  await writeFile(at, 'not a folder');
}

function looseFile(repository: string, oid: string): string {
  return join(repository, 'objects', oid.slice(0, 2), oid.slice(2));
}
