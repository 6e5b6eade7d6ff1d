import { expect, test } from 'vitest';
import { writeDrillTrailers } from '../drill/drill-trailers.ts';
import type { Pin } from '../manifests/pin.ts';
import { HistoryInMemory, type WrittenCommit } from './history-in-memory.ts';
import { readReleases } from './read-releases.ts';

const FILE = 'model.yaml';
const pins: readonly Pin[] = [{ id: 'model', component: 'model', file: FILE, path: 'v' }];
const target = { environment: 'staging', model: 'fraud' };

const ship = (version: string): WrittenCommit => ({ files: { [FILE]: `v: '${version}'\n` } });
const marked = (version: string, part: 'there' | 'back', startedAt = 1_000): WrittenCommit => ({
  ...ship(version),
  body: writeDrillTrailers({ target, startedAt, part, bad: 'a'.repeat(40) }),
});

async function shown(...commits: readonly WrittenCommit[]): Promise<string[]> {
  const history = new HistoryInMemory(commits);
  const { commit } = await history.head();
  const number = (oid: string): number =>
    history.commits.findIndex((candidate) => candidate.commit === oid);
  const found: string[] = [];
  for await (const { values, until, commit: brought } of readReleases(history, pins, commit)) {
    const end = until ? ` until ${number(until.commit)}` : '';
    found.push(`${values['model']?.version} since ${number(brought)}${end}`);
  }
  return found;
}

test.each([
  [
    'a drill that was put back is a part of the release that it interrupted',
    [ship('1'), ship('2'), marked('1', 'there'), marked('2', 'back'), ship('3')],
    ['3 since 4', '2 since 1 until 4', '1 since 0 until 1'],
  ],
  [
    'two of them',
    [
      ship('1'),
      ship('2'),
      marked('1', 'there'),
      marked('2', 'back'),
      marked('1', 'there', 2_000),
      marked('2', 'back', 2_000),
    ],
    ['2 since 1', '1 since 0 until 1'],
  ],
  [
    'one that is not put back yet',
    [ship('1'), ship('2'), marked('1', 'there')],
    ['1 since 2', '2 since 1 until 2', '1 since 0 until 1'],
  ],
  [
    'something else was put back than what ran',
    [ship('1'), ship('2'), marked('1', 'there'), marked('3', 'back'), ship('4')],
    [
      '4 since 4',
      '3 since 3 until 4',
      '1 since 2 until 3',
      '2 since 1 until 2',
      '1 since 0 until 1',
    ],
  ],
  [
    'the marks of two drills',
    [ship('1'), ship('2'), marked('1', 'there'), marked('2', 'back', 2_000)],
    ['2 since 3', '1 since 2 until 3', '2 since 1 until 2', '1 since 0 until 1'],
  ],
  [
    'somebody shipped in between',
    [ship('1'), ship('2'), marked('1', 'there'), ship('9'), marked('2', 'back')],
    [
      '2 since 4',
      '9 since 3 until 4',
      '1 since 2 until 3',
      '2 since 1 until 2',
      '1 since 0 until 1',
    ],
  ],
  [
    'a mark at the beginning of the history',
    [marked('1', 'there'), marked('2', 'back')],
    ['2 since 1', '1 since 0 until 1'],
  ],
] as const)('%s', async (_, commits, expected) => {
  expect(await shown(...commits)).toEqual(expected);
});
