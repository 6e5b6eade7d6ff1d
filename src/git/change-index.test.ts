import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeChangeIndex } from './change-index.ts';

const oid = (text: string): string => createHash('sha1').update(text).digest('hex');

test('thousands of commits are found by name and by number, and only those', () => {
  const index = makeChangeIndex();
  const names = Array.from({ length: 5_000 }, (_, i) => oid(`commit ${i}`));
  names.forEach((commit, i) => {
    const path = `models/${i % 100}`;
    index.append({ commit, parents: [], changes: [{ path, blob: oid(`${i}`), added: i < 100 }] });
  });
  for (const copy of [index, makeChangeIndex(index.snapshot())]) {
    expect(names.map((name) => copy.positionOf(name))).toEqual(names.map((_, i) => i));
    expect(names.map((_, i) => copy.commitAt(i))).toEqual(names);
    expect(copy.positionOf(oid('none'))).toBeUndefined();
    expect(copy.positionOf('')).toBeUndefined();
    // The same first four bytes, another commit.
    expect(copy.positionOf(`${names[7]?.slice(0, 8)}${'0'.repeat(32)}`)).toBeUndefined();
    expect(copy.commitAt(5_000)).toBeUndefined();
    const changes = [...copy.changesOf('models/7', 4_999)];
    expect(changes.map(({ position }) => position)).toEqual(
      Array.from({ length: 50 }, (_, i) => 4_907 - i * 100),
    );
    expect(changes.map(({ added }) => added)).toEqual(changes.map((_, i) => i === 49));
    expect([...copy.changesOf('models/7', 206)].map(({ position }) => position)).toEqual([107, 7]);
    expect([...copy.changesOf('models', 4_999)]).toEqual([]);
  }
});

test('its size in memory is tens of bytes a commit and a change', () => {
  const index = makeChangeIndex();
  for (let i = 0; i < 20_000; i++) {
    const path = `models/${i % 500}`;
    const change = { path, blob: oid(`${i}`), added: false };
    index.append({ commit: oid(`commit ${i}`), parents: [], changes: [change] });
  }
  const { commits, newest, positions, previous, blobs } = index.snapshot();
  const bytes = [commits, newest, positions, previous, blobs].map(({ byteLength }) => byteLength);
  expect(bytes.reduce((sum, n) => sum + n, 0) / 20_000).toBeLessThan(60);
});

test('commits that speak of rollbacks are found by target, newest first, also after reading the file', () => {
  const index = makeChangeIndex();
  for (let i = 0; i < 100; i++) {
    const speaksOf =
      i % 10 === 3 ? ['production/a'] : i % 10 === 7 ? ['production/b', '__proto__'] : [];
    index.append({ commit: oid(`commit ${i}`), parents: [], changes: [], speaksOf });
  }
  for (const copy of [index, makeChangeIndex(index.snapshot())]) {
    expect([...copy.rollbacksOf('production/a', 99)]).toEqual([
      93, 83, 73, 63, 53, 43, 33, 23, 13, 3,
    ]);
    expect([...copy.rollbacksOf('production/a', 23)]).toEqual([23, 13, 3]);
    expect([...copy.rollbacksOf('production/b', 16)]).toEqual([7]);
    expect([...copy.rollbacksOf('__proto__', 16)]).toEqual([7]);
    expect([...copy.rollbacksOf('constructor', 99)]).toEqual([]);
  }
});

test('a reader begun before an append reads on undisturbed', () => {
  const index = makeChangeIndex();
  const append = (i: number): void =>
    index.append({
      commit: oid(`commit ${i}`),
      parents: [],
      changes: [{ path: 'a', blob: oid(`${i}`), added: false }],
    });
  for (let i = 0; i < 3; i++) append(i);
  const reader = index.changesOf('a', 2)[Symbol.iterator]();
  const first = reader.next();
  for (let i = 3; i < 5_000; i++) append(i);
  const rest = [...{ [Symbol.iterator]: () => reader }];
  expect([first.value, ...rest].map((change) => change?.position)).toEqual([2, 1, 0]);
});
