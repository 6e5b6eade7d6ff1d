import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeStaleLocks } from './remove-stale-locks.ts';

describe('removeStaleLocks', () => {
  test('removes old locks at any depth, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lastgood-locks-'));
    try {
      const deep = join(folder, 'refs', 'mirror');
      await mkdir(deep, { recursive: true });
      const locks = [join(deep, 'branch.lock'), join(folder, 'packed-refs.lock')];
      const others = [join(deep, 'branch'), join(folder, 'lock')];
      const longAgo = new Date(0);
      for (const file of [...locks, ...others]) {
        await writeFile(file, '');
        await utimes(file, longAgo, longAgo);
      }
      expect((await removeStaleLocks(folder)).toSorted()).toEqual(locks.sort());
      expect(locks.some(existsSync)).toBe(false);
      expect(others.every(existsSync)).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('waits for a young lock: it may be let go, or turn out to be left behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lastgood-locks-'));
    try {
      const lock = join(folder, 'HEAD.lock');
      await writeFile(lock, '');
      const letGo = removeStaleLocks(folder, 60_000);
      await rm(lock);
      expect(await letGo).toEqual([]);
      await writeFile(lock, '');
      expect(await removeStaleLocks(folder, 50)).toEqual([lock]);
      expect(await removeStaleLocks(join(folder, 'none'))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
