import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initBare, writeHistory, type WrittenCommit } from '../../fixtures/git/write-history.ts';
import { openClone } from '../git/open-clone.ts';
import { restrictionsOf } from '../state/restrictions.ts';
import { REPOSITORY_STATE, statePath, type Restriction, type State } from '../state/state.ts';
import { writeRepositoryState, writeTargetState } from '../state/write-state.ts';
import { EMPTY_STATE } from '../state/state.ts';
import { MINUTE, type Instant } from '../time.ts';
import { changesUntil, readStateHistory } from './state-history.ts';

const RANKER = { model: 'ranker', environment: 'production' };
const OTHER = { model: 'other', environment: 'production' };
const START: Instant = Date.UTC(2026, 10, 1);
const at = (minute: number): Instant => START + minute * MINUTE;
const by = { login: 'ann', id: 7 };

let root = '';
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-state-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const held = (until?: number): Restriction => ({
  by,
  at: START,
  reason: 'we look at it',
  ...(until !== undefined && { until: at(until) }),
});
const holdFile = (hold?: Restriction): string | null =>
  writeTargetState({ target: RANKER, ...(hold && { hold }), quarantine: [], relands: [] });
const freezeFile = (freeze?: Restriction): string | null =>
  writeRepositoryState({ ...EMPTY_STATE, ...(freeze && { freeze }) } satisfies State);
const commit = (minute: number, files: WrittenCommit['files']): WrittenCommit => ({
  message: 'Change the state',
  at: at(minute) / 1_000,
  files: files ?? {},
});

async function historyOf(commits: readonly WrittenCommit[], main: WrittenCommit['files'] = {}) {
  const folder = join(root, `${count++}.git`);
  initBare(folder);
  const [first = ''] = writeHistory(folder, 'main', [
    { message: 'Begin', at: at(0) / 1_000, files: { 'a.yaml': 'v: 1\n', ...main } },
  ]);
  if (commits.length > 0) writeHistory(folder, 'lastgood/state', commits, first);
  const clone = await openClone(folder);
  const history = await readStateHistory(clone);
  await clone.close();
  return history;
}

const RANKERS = statePath(RANKER);

describe('the state as of then', () => {
  test.each<[string, readonly WrittenCommit[], Readonly<Record<number, string>>]>([
    ['nothing, without the branch', [], { 0: '', 100: '' }],
    [
      'a hold, from its commit until the one that lifts it',
      [commit(10, { [RANKERS]: holdFile(held()) }), commit(20, { [RANKERS]: holdFile() })],
      { 9: '', 10: 'hold', 19: 'hold', 20: '' },
    ],
    [
      'a freeze, until its time is up',
      [commit(10, { [REPOSITORY_STATE]: freezeFile(held(30)) })],
      { 9: '', 10: 'freeze', 29: 'freeze', 30: '' },
    ],
    [
      'both',
      [
        commit(10, { [RANKERS]: holdFile(held()), [REPOSITORY_STATE]: freezeFile(held()) }),
        commit(20, { [REPOSITORY_STATE]: freezeFile() }),
      ],
      { 10: 'hold freeze', 20: 'hold' },
    ],
    [
      'a commit whose clock was set back counts from the one before it on',
      [commit(20, { [RANKERS]: holdFile(held()) }), commit(5, { [RANKERS]: holdFile() })],
      { 5: '', 19: '', 20: '' },
    ],
    [
      'a file that cannot be read may hide a hold',
      [commit(10, { [RANKERS]: 'hold: [' }), commit(20, { [RANKERS]: null })],
      { 9: '', 10: 'unreadable', 20: '' },
    ],
    [
      'a file that is no text as well',
      [commit(10, { [RANKERS]: Buffer.from([0xff, 0x00]) })],
      { 9: '', 10: 'unreadable' },
    ],
    [
      'what others are held for',
      [commit(10, { [statePath(OTHER)]: holdFile(held()) })],
      { 10: '' },
    ],
  ])('%s', async (_, commits, expected) => {
    const history = await historyOf(commits);
    const ask = (minute: number): string =>
      Object.keys(restrictionsOf(history.stateAt(RANKER, at(minute)), RANKER, at(minute))).join(
        ' ',
      );
    const minutes = Object.keys(expected).map(Number);
    const said = (order: readonly number[]) =>
      Object.fromEntries(order.map((minute) => [minute, ask(minute)]));
    expect(said(minutes)).toEqual(expected);
    // What was asked before changes nothing.
    expect(said(minutes.toReversed())).toEqual(expected);
  });

  test('what stands in that folder on the default branch is no state', async () => {
    const main = { [RANKERS]: holdFile(held()) };
    const history = await historyOf([commit(10, { [RANKERS]: null })], main);
    expect(history.stateAt(RANKER, at(5))).toEqual(EMPTY_STATE);
    expect(history.changes).toHaveLength(1);
  });

  test('tells when it became another one, also by itself', async () => {
    const history = await historyOf([
      commit(10, { [RANKERS]: holdFile(held(40)) }),
      commit(20, { [REPOSITORY_STATE]: freezeFile(held(25)) }),
      // Longer than before: the first end is none.
      commit(30, { [RANKERS]: holdFile(held(50)), 'a.yaml': 'v: 2\n' }),
      commit(35, { [statePath(OTHER)]: holdFile(held()) }),
    ]);
    const ranker = 'production/ranker';
    const said = history.changes.map((one) => [(one.at - START) / MINUTE, one.target]);
    expect(said).toEqual([
      [10, ranker],
      [20, undefined],
      [25, undefined],
      [30, ranker],
      [35, 'production/other'],
      [50, ranker],
    ]);
    const until = changesUntil(history, [ranker], at(30));
    expect(until.map((one) => (one.at - START) / MINUTE)).toEqual([10, 20, 25, 30]);
  });
});
