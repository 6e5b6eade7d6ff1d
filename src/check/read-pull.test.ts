import { expect, test } from 'vitest';
import { REPOSITORY } from '../../fixtures/github/answers.ts';
import type { PullFiles } from './pull-files.ts';
import { MOST_BYTES, readChangedFiles } from './read-pull.ts';

const blobOf = (n: number): string => String(n).padStart(40, '0');

/** Reads a pull request that changes these files; undefined bytes: GitHub has no blob of that name. */
async function readPull(files: Readonly<Record<string, Uint8Array | undefined>>) {
  const asked: string[] = [];
  const blobs = Object.values(files);
  const github: Pick<PullFiles, 'blob'> = {
    blob: (_, blob) => {
      asked.push(blob);
      return Promise.resolve(blobs[Number(blob)]);
    },
  };
  const changed = Object.keys(files).map((path, i) => ({ path, blob: blobOf(i) }));
  const read = await readChangedFiles(github as PullFiles, REPOSITORY, {
    head: 'a'.repeat(40),
    changed: { files: changed, complete: true, start: 'b'.repeat(40) },
    pinned: new Set(['model.yaml']),
    source: { fileAt: () => Promise.resolve(undefined) },
  });
  return { read, asked };
}

test('policies and files with pins are read, and no others', async () => {
  const bytes = Buffer.from('a: b\n');
  const { read, asked } = await readPull({
    'README.md': bytes,
    'model.yaml': bytes,
    '.lastgood/fraud.yaml': bytes,
  });
  expect(read).toEqual({
    changed: new Map([
      ['model.yaml', bytes],
      ['.lastgood/fraud.yaml', bytes],
    ]),
  });
  expect(asked).toEqual([blobOf(1), blobOf(2)]);
});

test('a submodule in the place of a policy is no file', async () => {
  const { read } = await readPull({ '.lastgood/sub.yaml': undefined });
  expect(read).toEqual({ changed: new Map([['.lastgood/sub.yaml', null]]) });
});

test('what is larger than anybody writes is not read to its end', async () => {
  const third = Buffer.alloc(Math.floor(MOST_BYTES / 3), 97);
  const names = Array.from({ length: 300 }, (_, i) => `.lastgood/${i}.yaml`);
  const { read, asked } = await readPull(Object.fromEntries(names.map((name) => [name, third])));
  expect(read).toEqual({ tooMuch: true });
  expect(asked).toHaveLength(4);
});
