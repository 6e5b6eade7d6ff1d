import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainFailure } from './explain-failure.ts';
import { redact } from './git-error.ts';
import { joinUnstarted } from './join-unstarted.ts';
import { makeLru } from './lru.ts';
import { parseRawLog } from './parse-raw-log.ts';
import type { LoggedCommit } from './parse-raw-log.ts';
import { readTree } from './read-tree.ts';
import { removeStaleLocks } from './remove-stale-locks.ts';
import { isTreePath } from './tree-path.ts';

describe('joinUnstarted', () => {
  test('runs one at a time; callers before a start share it, callers after it wait for the next', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const starts: (() => void)[] = [];
    let runs = 0;
    let running = 0;
    const task = joinUnstarted(async () => {
      const run = runs++;
      running += 1;
      starts.shift()?.();
      expect(running).toBe(1);
      await gates[run]?.promise;
      running -= 1;
      return run;
    });
    const started = new Promise<void>((resolve) => starts.push(resolve));
    const first = [task(), task()];
    await started;
    const second = [task(), task()];
    gates[0]?.resolve();
    gates[1]?.resolve();
    expect(await Promise.all([...first, ...second])).toEqual([0, 0, 1, 1]);
    expect(await task()).toBe(2);
  });

  test('a run that fails fails for its own callers only', async () => {
    let runs = 0;
    const task = joinUnstarted(async () => {
      await Promise.resolve();
      if (runs++ === 0) throw new Error('first');
      return 'second';
    });
    const first = task();
    await expect(first).rejects.toThrow('first');
    expect(await task()).toBe('second');
  });
});

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

test.each([
  ["fatal: Authentication failed for 'https://h/r.git/'", 'denied'],
  ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'denied'],
  ["fatal: unable to access 'https://h/': The requested URL returned error: 403", 'forbidden'],
  ["fatal: repository 'https://h/r.git/' not found", 'not-found'],
  ["fatal: unable to access 'https://h/': Could not resolve host: h", 'unreachable'],
  ["fatal: couldn't find remote ref refs/heads/x", 'branch-missing'],
  ["error: cannot lock ref 'x': Unable to create '/m/x.lock': File exists.", 'busy'],
  ['fatal: loose object 1 (stored in objects/1) is corrupt', 'damaged'],
  ['fatal: bad object 1234', 'damaged'],
  ["remote: fatal: bad object 1234\nfatal: unable to access 'x'", 'unreachable'],
  ['fatal: something new', 'failed'],
  ['', 'failed'],
])('git saying %j means %s', (text, code) => {
  const error = explainFailure(['fetch'], new Error(text), []);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[A-Zg].*\.$/);
});

test.each([
  ['a tok b tok', ['tok'], 'a [redacted] b [redacted]'],
  [
    'https://me:pw@host/x and http://me@host',
    [],
    'https://[redacted]@host/x and http://[redacted]@host',
  ],
  ['nothing', [''], 'nothing'],
])('of %j with the secrets %j is left %j', (text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});

test.each([
  ['a', true],
  ['a/b.c', true],
  ['-x', true],
  ['...', true],
  ['', false],
  ['/a', false],
  ['a/', false],
  ['a//b', false],
  ['.', false],
  ['a/../b', false],
  ['a\0b', false],
])('%j can be a path in a tree: %j', (path, expected) => {
  expect(isTreePath(path)).toBe(expected);
});

test('an lru forgets what was used longest ago', () => {
  const lru = makeLru<number>(2);
  lru.set('a', 1);
  lru.set('b', 2);
  expect(lru.get('a')).toBe(1);
  lru.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => lru.get(key))).toEqual([1, undefined, 3]);
});

test('a tree is read with the modes that git shows; any other bytes are no crash', () => {
  const oid = Buffer.alloc(20, 7);
  const entry = (text: string): Buffer => Buffer.concat([Buffer.from(`${text}\0`), oid]);
  const modes = ['100664 a', '100755 b c', '40000 d', '120000 e', '160000 f'];
  expect(
    readTree(Buffer.concat(modes.map(entry))).map(({ mode, name }) => `${mode} ${name}`),
  ).toEqual(['100644 a', '100755 b c', '040000 d', '120000 e', '160000 f']);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(readTree(bytes).length).toBeLessThanOrEqual(bytes.length / 22);
    }),
  );
});

test('a log is read the same however it is cut into chunks; submodules are no files', async () => {
  const [a, b, zero] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];
  const log = Buffer.from(
    [
      `${a} \0`,
      `\n:000000 100644 ${zero} ${b} A\0:x\n y\0:000000 160000 ${zero} ${a} A\0sub\0`,
      `${b} ${a} ${zero}\0`,
      `${zero} ${b}\0`,
      `\n:160000 100644 ${a} ${b} T\0sub\0:100644 160000 ${b} ${a} T\0z\0:100644 000000 ${b} ${zero} D\0é\0`,
    ].join(''),
  );
  const expected: LoggedCommit[] = [
    { commit: a, parents: [], changes: [{ path: ':x\n y', blob: b, added: true }] },
    { commit: b, parents: [a, zero], changes: [] },
    {
      commit: zero,
      parents: [b],
      changes: [
        { path: 'sub', blob: b, added: true },
        { path: 'z', blob: null, added: false },
        { path: 'é', blob: null, added: false },
      ],
    },
  ];
  for (const size of [1, 7, 41, 1000]) {
    const found: LoggedCommit[] = [];
    for await (const commit of parseRawLog(cut(log, size))) found.push(commit);
    expect(found).toEqual(expected);
  }
});

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
