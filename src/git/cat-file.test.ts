import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { initBare } from '../../fixtures/git/write-history.ts';
import { readCatFileAnswers } from './cat-file-answers.ts';
import type { CatFileAnswer } from './cat-file-answers.ts';
import { openCatFile } from './cat-file.ts';
import type { CatFile } from './cat-file.ts';

let folder = '';
let started: ChildProcessWithoutNullStreams[] = [];
let opened: CatFile[] = [];
const oids: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lastgood-cat-'));
  initBare(folder);
  for (let i = 0; i < 200; i++) {
    oids.push(git(folder, ['hash-object', '-w', '--stdin'], `blob ${i}\n`.repeat(i)).trim());
  }
});
afterEach(async () => {
  await Promise.all(opened.map((catFile) => catFile.close()));
  started = [];
  opened = [];
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function open(limit?: number, program = 'git'): CatFile {
  const catFile = openCatFile(() => {
    const child = spawn(program, ['cat-file', '--batch'], { cwd: folder, stdio: 'pipe' });
    started.push(child);
    return child;
  }, limit);
  opened.push(catFile);
  return catFile;
}

const textOf = async (catFile: CatFile, oid: string): Promise<string> =>
  Buffer.from((await catFile.read(oid)).bytes).toString();

test('many requests at once are each answered with their own object, by one process', async () => {
  const catFile = open();
  const texts = await Promise.all(oids.map((oid) => textOf(catFile, oid)));
  expect(texts).toEqual(oids.map((_, i) => `blob ${i}\n`.repeat(i)));
  expect(started).toHaveLength(1);
});

test('missing and large objects fail by themselves, the others do not', async () => {
  const catFile = open(700);
  const missing = '1'.repeat(40);
  const asked = [oids[1] ?? '', missing, oids[150] ?? '', oids[2] ?? ''];
  const results = await Promise.allSettled(asked.map((oid) => catFile.read(oid)));
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  await expect(catFile.read(missing)).rejects.toMatchObject({ code: 'missing-object' });
  await expect(catFile.read(oids[150] ?? '')).rejects.toMatchObject({
    code: 'too-big',
    message: `The object ${oids[150]} has 1350 bytes; at most 700 are read.`,
  });
});

test.each(['', 'HEAD', '--help', '../x', 'A'.repeat(40), `${'a'.repeat(40)}\n${'b'.repeat(40)}`])(
  '%j is refused before git sees it',
  async (name) => {
    await expect(open().read(name)).rejects.toMatchObject({ code: 'unknown-revision' });
    expect(started).toEqual([]);
  },
);

test('a process that dies is replaced, and what was asked of it is asked again', async () => {
  const catFile = open();
  await catFile.read(oids[0] ?? '');
  const [first] = started;
  first?.kill('SIGSTOP');
  const waiting = Promise.all(oids.map((oid) => textOf(catFile, oid)));
  first?.kill('SIGKILL');
  expect((await waiting)[7]).toBe('blob 7\n'.repeat(7));
  expect(started).toHaveLength(2);
  // Also when nothing was asked while it died.
  const [, second] = started;
  const gone = second && once(second, 'close');
  second?.kill('SIGKILL');
  await gone;
  expect(await textOf(catFile, oids[3] ?? '')).toBe('blob 3\n'.repeat(3));
});

test('an object at which it dies twice fails alone', async () => {
  const bad = 'e'.repeat(40);
  const program = `while read name; do
    if [ "$name" = ${bad} ]; then echo broken >&2; exit 1; fi
    printf '%s blob 3\\nabc\\n' "$name"; done`;
  const catFile = openCatFile(() => spawn('sh', ['-c', program], { stdio: 'pipe' }));
  opened.push(catFile);
  const [before, failed, after] = await Promise.allSettled([
    textOf(catFile, oids[0] ?? ''),
    textOf(catFile, bad),
    textOf(catFile, oids[1] ?? ''),
  ]);
  expect(before).toMatchObject({ value: 'abc' });
  expect(failed).toMatchObject({ reason: { code: 'damaged', cause: { message: 'broken\n' } } });
  expect(after).toMatchObject({ value: 'abc' });
});

test('a git that cannot be started, or talks nonsense, is an error and not a wait for ever', async () => {
  await expect(open(1, '/no/such/git').read(oids[0] ?? '')).rejects.toMatchObject({
    code: 'damaged',
  });
  await expect(open(1, 'yes').read(oids[0] ?? '')).rejects.toMatchObject({ code: 'damaged' });
});

test('closing ends the process and what waits for it', async () => {
  const catFile = open();
  await catFile.read(oids[0] ?? '');
  started[0]?.kill('SIGSTOP');
  const waiting = Promise.allSettled([catFile.read(oids[1] ?? '')]);
  started[0]?.kill('SIGCONT');
  const gone = started[0] && once(started[0], 'exit');
  await Promise.all([catFile.close(), gone]);
  expect(await waiting).toMatchObject([{ reason: { code: 'closed' } }]);
  await expect(catFile.read(oids[0] ?? '')).rejects.toMatchObject({ code: 'closed' });
});

test('a ref is read as it stands at the time', async () => {
  const catFile = open();
  const [one = '', two = ''] = oids;
  git(folder, ['update-ref', 'refs/mirror/branch', one]);
  expect((await catFile.readRef('refs/mirror/branch')).oid).toBe(one);
  git(folder, ['update-ref', 'refs/mirror/branch', two]);
  expect((await catFile.readRef('refs/mirror/branch')).oid).toBe(two);
  git(folder, ['pack-refs', '--all']);
  expect((await catFile.readRef('refs/mirror/branch')).oid).toBe(two);
  git(folder, ['update-ref', 'refs/mirror/branch', one]);
  expect((await catFile.readRef('refs/mirror/branch')).oid).toBe(one);
  await expect(catFile.readRef('refs/mirror/none')).rejects.toMatchObject({
    code: 'missing-object',
  });
});

test('answers are the same however the output is cut into chunks', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      bodies,
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (all, cuts) => {
        const output = Buffer.concat([
          ...all.map((body) =>
            Buffer.concat([
              Buffer.from(`${'a'.repeat(40)} blob ${body.length}\n`),
              body,
              Buffer.from('\n'),
            ]),
          ),
          Buffer.from(`${'b'.repeat(40)} missing\n`),
        ]);
        const found: CatFileAnswer[] = [];
        const answers = readCatFileAnswers(30, (answer) => found.push(answer));
        for (let at = 0, i = 0; at < output.length; i++) {
          const next = at + (cuts[i % cuts.length] ?? 1);
          answers.push(output.subarray(at, next));
          at = next;
        }
        expect(found).toEqual([
          ...all.map((bytes) =>
            bytes.length > 30
              ? { kind: 'too-big', size: bytes.length }
              : { kind: 'object', object: { oid: 'a'.repeat(40), type: 'blob', bytes } },
          ),
          { kind: 'missing' },
        ]);
      },
    ),
  );
});
