import { describe, expect, it } from 'vitest';
import type { Pin } from '../manifests/pin.ts';
import { HistoryInMemory, type WrittenCommit } from './history-in-memory.ts';
import { otherChanges } from './other-changes.ts';
import { readReleases } from './read-releases.ts';

const pins: readonly Pin[] = [
  { id: 'model', component: 'model', file: 'a.yaml', path: 'model' },
  { id: 'features', component: 'features', file: 'b.yaml', path: 'features' },
];
const start: WrittenCommit = { files: { 'a.yaml': 'model: 1.9\n', 'b.yaml': 'features: a\n' } };

/** What else changed since the release before the running one, as `Commit 2: a.yaml`. */
async function others(commits: readonly WrittenCommit[], depth = 1): Promise<string[]> {
  const history = new HistoryInMemory(commits);
  const { commit: base } = await history.head();
  const releases = [];
  for await (const release of readReleases(history, pins, base)) releases.push(release);
  const goal = releases[depth];
  if (!goal) throw new Error('There is no such release.');
  const changes = await otherChanges(history, pins, base, goal);
  return changes.map(({ subject, files }) => `${subject}: ${Object.keys(files).join(', ')}`);
}

describe('what else changed', () => {
  it.each<[string, WrittenCommit[], string[]]>([
    ['a commit that changed only a pin', [start, { files: { 'a.yaml': 'model: 1.10\n' } }], []],
    [
      'a commit that also quoted it otherwise',
      [start, { files: { 'a.yaml': 'model: "1.10"\n' } }],
      [],
    ],
    [
      'a commit that changed a pin and more',
      [start, { files: { 'a.yaml': 'model: 1.10\nreplicas: 3\n' } }],
      ['Commit 1: a.yaml'],
    ],
    [
      'a commit that changed both files, one of them besides the pin',
      [start, { files: { 'a.yaml': 'model: 1.10\n', 'b.yaml': 'features: b\nx: 1\n' } }],
      ['Commit 1: b.yaml'],
    ],
    [
      'later commits to the files',
      [
        start,
        { files: { 'a.yaml': 'model: 1.10\n' } },
        { files: { 'b.yaml': '# why\nfeatures: a\n' } },
        { files: { 'a.yaml': 'model: 1.10\nreplicas: 3\n' } },
      ],
      ['Commit 3: a.yaml', 'Commit 2: b.yaml'],
    ],
    [
      'commits before the goal stopped running',
      [
        start,
        { files: { 'a.yaml': 'model: 1.9\nreplicas: 3\n' } },
        { files: { 'a.yaml': 'model: 1.10\nreplicas: 3\n' } },
      ],
      [],
    ],
  ])('%s', async (_, commits, expected) => {
    expect(await others(commits)).toEqual(expected);
  });

  it('counts a file that was broken or gone in between', async () => {
    const commits: WrittenCommit[] = [
      start,
      { files: { 'a.yaml': 'model: [' } },
      { files: { 'b.yaml': null } },
      { files: { 'a.yaml': 'model: 1.10\n', 'b.yaml': 'features: a\n' } },
    ];
    expect(await others(commits, 2)).toEqual([
      'Commit 3: a.yaml, b.yaml',
      'Commit 2: b.yaml',
      'Commit 1: a.yaml',
    ]);
  });

  it('is nothing for the release that runs', async () => {
    expect(await others([start], 0)).toEqual([]);
  });
});
