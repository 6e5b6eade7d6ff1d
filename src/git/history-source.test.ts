import { describe, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import {
  IMPLEMENTATIONS,
  readAll,
  useSourceWorld,
  writeRepository,
} from '../../fixtures/git/source-world.ts';
import type { Source } from '../../fixtures/git/source-world.ts';
import type { WrittenCommit } from '../../fixtures/git/write-history.ts';
import type { HistorySource } from '../releases/release.ts';

useSourceWorld();

/** `subject: path` of each change, `subject: -` where the file went away. */
async function story(
  source: HistorySource,
  path: string,
  from?: string,
): Promise<readonly string[]> {
  const changes = await readAll(source, [path], from);
  return changes.map(({ subject, files }) => `${subject}: ${files[path]?.path ?? '-'}`);
}

const LINES = 'one\ntwo\nthree\nfour\nfive\nsix\n';

describe.each(Object.entries(IMPLEMENTATIONS))('%s', (_, open) => {
  async function withSource(
    commits: readonly WrittenCommit[],
    use: (source: Source, oids: readonly string[], folder: string) => Promise<void>,
  ): Promise<void> {
    const { name, folder, oids } = writeRepository(commits);
    const source = await open(name);
    try {
      await use(source, oids, folder);
    } finally {
      await source.close();
    }
  }

  test('commits that speak of a rollback are found by target, on the first-parent history only', async () => {
    const told = (target: string) => `Roll back\n\nWhy.\n\nLastgood-Target: ${target}\n`;
    const bad = 'b'.repeat(40);
    const commits: WrittenCommit[] = [
      { message: 'start', files: { a: '1' } },
      { message: told('production/fraud'), files: { a: '2' } },
      { message: told('staging/fraud'), files: { a: '3' } },
      { message: told('production/fraud'), files: { a: '4' }, parents: [0] },
      {
        message: `Merge pull request #7 from acme/lastgood/production/fraud/${bad}`,
        files: { a: '5' },
        parents: [2, 3],
      },
      { message: 'See Lastgood-Target: production/fraud', files: { a: '6' } },
      { message: told('production/fraud'), files: {} },
    ];
    await withSource(commits, async (source, oids) => {
      const found = async (target: string, from: number) => {
        const some = [];
        for await (const { commit } of source.rollbackCommits(target, oids[from] ?? '')) {
          some.push(oids.indexOf(commit));
        }
        return some;
      };
      expect(await found('production/fraud', 6)).toEqual([6, 4, 1]);
      expect(await found('production/fraud', 5)).toEqual([4, 1]);
      expect(await found('staging/fraud', 6)).toEqual([2]);
      expect(await found('production/other', 6)).toEqual([]);
      expect(await found('', 6)).toEqual([]);
    });
  });

  test('a merge, a squash and a rebase are each what they did to the branch', async () => {
    const commits: WrittenCommit[] = [
      { message: 'start', files: { a: '1', b: '1' } },
      { message: 'side one', files: { a: '2' }, parents: [0] },
      { message: 'side two', files: { a: '3' }, parents: [1] },
      { message: 'main', files: { b: '2' }, parents: [0] },
      { message: 'merge', files: { a: '3' }, parents: [3, 2] },
      { message: 'squash', files: { a: '4', b: '4' } },
      { message: 'rebased one', files: { a: '5' } },
      { message: 'rebased two', files: { a: '6' } },
    ];
    await withSource(commits, async (source) => {
      expect(await story(source, 'a')).toEqual([
        'rebased two: a',
        'rebased one: a',
        'squash: a',
        'merge: a',
        'start: a',
      ]);
      const both = await readAll(source, ['a', 'b']);
      expect(both.map(({ subject, files }) => [subject, Object.keys(files)])).toEqual([
        ['rebased two', ['a']],
        ['rebased one', ['a']],
        ['squash', ['a', 'b']],
        ['merge', ['a']],
        ['main', ['b']],
        ['start', ['a', 'b']],
      ]);
    });
  });

  test('a moved file is followed to where it stood, through several moves and edits on the way', async () => {
    const commits: WrittenCommit[] = [
      { message: 'old life of the same path', files: { 'c/x': 'other' } },
      { message: 'its end', files: { 'c/x': null, 'a/x': LINES } },
      { message: 'edit', files: { 'a/x': `${LINES}seven\n` } },
      { message: 'move', files: { 'a/x': null, 'b/x': `${LINES}seven\n` } },
      { message: 'move and edit', files: { 'b/x': null, 'c/x': `${LINES}eight\n` } },
      { message: 'last', files: { 'c/x': `${LINES}nine\n` } },
    ];
    await withSource(commits, async (source) => {
      expect(await story(source, 'c/x')).toEqual([
        'last: c/x',
        'move and edit: c/x',
        'move: b/x',
        'edit: a/x',
        'its end: a/x',
      ]);
      expect(await story(source, 'b/x')).toEqual([
        'move and edit: -',
        'move: b/x',
        'edit: a/x',
        'its end: a/x',
      ]);
    });
  });

  test('a file taken away and brought back has a gap, and history before it', async () => {
    const commits: WrittenCommit[] = [
      { message: 'add', files: { a: LINES, b: '1' } },
      { message: 'remove', files: { a: null } },
      { message: 'elsewhere', files: { b: '2' } },
      { message: 'bring back', files: { a: LINES } },
      { message: 'a folder in its place', files: { a: null, 'a/b': 'x' } },
    ];
    await withSource(commits, async (source, oids) => {
      expect(await story(source, 'a')).toEqual([
        'a folder in its place: -',
        'bring back: a',
        'remove: -',
        'add: a',
      ]);
      expect(await source.fileAt(oids[4] ?? '', 'a')).toBeUndefined();
      expect(await source.fileAt(oids[1] ?? '', 'a')).toBeUndefined();
    });
  });

  test('history as of an earlier commit starts there', async () => {
    const commits = ['1', '2', '3', '4'].map((n) => ({ message: n, files: { a: n } }));
    await withSource(commits, async (source, oids) => {
      expect(await story(source, 'a', oids[1])).toEqual(['2: a', '1: a']);
    });
  });

  test('a commit that is not on the first-parent history is refused with a sentence', async () => {
    const commits: WrittenCommit[] = [
      { message: 'start', files: { a: '1' } },
      { message: 'side', files: { a: '2' }, parents: [0] },
      { message: 'merge', files: { a: '2' }, parents: [0, 1] },
    ];
    await withSource(commits, async (source, oids) => {
      const side = oids[1] ?? '';
      for (const from of [side, '0'.repeat(40), 'main', '--help', '']) {
        await expect(readAll(source, ['a'], from)).rejects.toThrow(
          `The commit ${from} is not on the first-parent history of the branch, whose newest commit is ${oids[2]}`,
        );
      }
    });
  });

  test('any path that git can hold is found, and no other means anything', async () => {
    const strange = [
      '-rf',
      '--output=x',
      ' leading and trailing ',
      'a"b\'c',
      'naïve/日本.yaml',
      'new\nline',
      'tab\there',
      ':(glob)**',
      '*',
      'back\\slash',
      '__proto__',
      'constructor',
      'a:b',
    ];
    const commits = strange.map((path, i) => ({ message: `add ${i}`, files: { [path]: `${i}` } }));
    await withSource(commits, async (source, oids) => {
      const head = oids.at(-1) ?? '';
      for (const [i, path] of strange.entries()) {
        const [change, ...more] = await readAll(source, [path]);
        expect(more).toEqual([]);
        expect(change?.commit).toBe(oids[i]);
        expect(Object.entries(change?.files ?? {})).toEqual([
          [path, { path, blob: (await source.fileAt(head, path))?.blob }],
        ]);
      }
      expect((await source.filesUnder(head, '')).map(({ path }) => path)).toEqual(strange.sort());
      const nowhere = [
        '',
        '.',
        '..',
        '/',
        'naïve',
        'naïve/',
        '/naïve/日本.yaml',
        '../x',
        'a\0b',
        '**',
      ];
      expect(await readAll(source, nowhere)).toEqual([]);
      for (const path of nowhere) expect(await source.fileAt(head, path)).toBeUndefined();
      expect(await readAll(source, [])).toEqual([]);
    });
  });

  test('a message and an author may hold anything', async () => {
    const commits: WrittenCommit[] = [
      { message: '\n\n  Subject that\nruns on  \n\n\nBody\n\nKey: Value\n', files: { a: '1' } },
      { message: '', files: { a: '2' } },
      { message: 'commit 123\0:100644 hidden', files: { a: '3' } },
      { message: ':000000 100644 0 1 A\n\n:x', files: { a: '4' }, author: 'Ø "Q" <ø@example.com>' },
    ];
    await withSource(commits, async (source) => {
      const changes = await readAll(source, ['a']);
      expect(changes.map(({ subject, body, author }) => [subject, body, author.name])).toEqual([
        [':000000 100644 0 1 A', ':x', 'Ø "Q"'],
        ['commit 123\0:100644 hidden', '', 'Ada'],
        ['', '', 'Ada'],
        ['  Subject that runs on', 'Body\n\nKey: Value', 'Ada'],
      ]);
    });
  });

  test('a large binary blob arrives byte for byte', async () => {
    const bytes = Buffer.alloc(9_000_000, 'a\n\0 missing\n');
    await withSource(
      [{ message: 'blob', files: { big: bytes, 'no bytes': '' } }],
      async (source) => {
        const { commit } = await source.head();
        const [big, empty] = await Promise.all([
          source.fileAt(commit, 'big'),
          source.fileAt(commit, 'no bytes'),
        ]);
        expect(bytes.equals(await source.blob(big?.blob ?? ''))).toBe(true);
        expect(await source.blob(empty?.blob ?? '')).toHaveLength(0);
      },
    );
  });

  test('files below a folder come with their modes, links and programs, and no submodules', async () => {
    const commits: WrittenCommit[] = [
      { message: 'plain', files: { 'd/e/f': '1', 'd/a': '2', 'd.txt': '3', z: '4' } },
      { message: 'program', files: { 'd/run': '#!' }, mode: '100755' },
      { message: 'link', files: { 'd/link': 'a' }, mode: '120000' },
    ];
    await withSource(commits, async (source, oids, folder) => {
      const head = oids.at(-1) ?? '';
      const below = await source.filesUnder(head, 'd/');
      expect(below.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
        '100644 d/a',
        '100644 d/e/f',
        '120000 d/link',
        '100755 d/run',
      ]);
      expect(await source.filesUnder(head, 'none')).toEqual([]);
      expect(await source.filesUnder(head, 'z')).toEqual([]);
      expect(await source.fileAt(head, 'd/run')).toEqual({
        blob: git(folder, ['rev-parse', `${head}:d/run`]).trim(),
        mode: '100755',
      });
    });
  });

  test('an object that is not there, or not of the kind asked for, is told in a sentence', async () => {
    await withSource([{ message: 'one', files: { a: '1' } }], async (source, oids) => {
      const missing = 'a'.repeat(40);
      await expect(source.blob(missing)).rejects.toMatchObject({
        code: 'missing-object',
        message: `The repository has no object ${missing}. Fetch, or name an object that it has.`,
      });
      await expect(source.blob(oids[0] ?? '')).rejects.toThrow('is a commit; a blob was expected');
      await expect(source.blob('HEAD')).rejects.toThrow('"HEAD" is not an object name');
      await expect(source.fileAt('HEAD\nHEAD', 'a')).rejects.toThrow('is not an object name');
      // Still usable after that.
      expect((await source.head()).subject).toBe('one');
    });
  });

  test('a reader may stop at any change', async () => {
    const commits = Array.from({ length: 300 }, (_, n) => ({
      message: `${n}`,
      files: { a: `${n}` },
    }));
    await withSource(commits, async (source) => {
      for await (const change of source.changes(['a'], (await source.head()).commit)) {
        expect(change.subject).toBe('299');
        break;
      }
      expect(await story(source, 'a')).toHaveLength(300);
    });
  });
});
