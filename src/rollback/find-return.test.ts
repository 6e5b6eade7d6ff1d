import { describe, expect, test } from 'vitest';
import type { RollbackRecord } from '../journal/trailers.ts';
import { writeTrailers } from '../journal/write-trailers.ts';
import { HistoryInMemory, oid, type WrittenCommit } from '../releases/history-in-memory.ts';
import { EMPTY_STATE, type Quarantine, type Reland, type State } from '../state/state.ts';
import { targetKey } from '../target.ts';
import { findReturn, wasAnswered } from './find-return.ts';

const target = { environment: 'production', model: 'fraud' };
const FILE = 'pins.yaml';
const policy = {
  target,
  pins: [
    { id: 'model', component: 'model', file: FILE, path: 'model' },
    { id: 'features', component: 'features', file: FILE, path: 'features' },
  ],
} as const;
const commit = (index: number): string => oid(`commit ${index}`);

/** A release in short: `2b` is the model 2 with the features b; `!` is a file that cannot be read. */
type Told = string | readonly [string, 'rollback of', number];

function historyOf(...releases: readonly Told[]): HistoryInMemory {
  const versions = releases.map((told) => (typeof told === 'string' ? told : told[0]));
  return new HistoryInMemory(
    releases.map((told, i): WrittenCommit => {
      const [model, features] = versions[i] ?? '';
      const text = model === '!' ? 'model: [' : `model: ${model}\nfeatures: ${features}\n`;
      if (typeof told === 'string') return { files: { [FILE]: text } };
      const pins = (at: string) => ({ model: at[0] ?? '', features: at[1] ?? '' });
      const record: RollbackRecord = {
        target,
        mode: 'automatic',
        badCommit: commit(told[2]),
        base: commit(i - 1),
        from: pins(versions[told[2]] ?? ''),
        to: pins(told[0]),
        alert: { name: 'Drift', source: 'prometheus', severity: 'high' },
        firstSeen: 0,
        decidedAt: 0,
        policy: { file: '.lastgood/fraud.yaml', commit: commit(0) },
      };
      return { files: { [FILE]: text }, body: `Why.\n\n${writeTrailers(record)}` };
    }),
  );
}

function stateWith(quarantine: readonly Quarantine[], relands: readonly Reland[] = []): State {
  const one = { target, quarantine, relands };
  return { ...EMPTY_STATE, targets: new Map([[targetKey(target), one]]) };
}

async function returned(history: HistoryInMemory, state = EMPTY_STATE, from?: number) {
  const head = from === undefined ? (await history.head()).commit : commit(from);
  return findReturn(history, policy, state, head);
}

const ROLLED_BACK: readonly Told[] = ['1a', '2b', ['1a', 'rollback of', 1]];

describe('what comes back', () => {
  test.each<[title: string, after: readonly Told[], suspect: object | undefined]>([
    ['the bad pair', ['2b'], { model: '2' }],
    ['the bad model with other features', ['2c'], { model: '2' }],
    ['the bad model after a file that could not be read', ['!', '2b'], { model: '2' }],
    ['the bad model after a newer release', ['3c', '2b'], { model: '2' }],
    ['the features of a bad model are none', ['1b'], undefined],
    ['a newer release', ['3c'], undefined],
    ['the good release by hand', ['3c', '1a'], undefined],
    ['a file that cannot be read', ['!'], undefined],
    ['what ran all along, around a file that could not be read', ['2b', '!', '2b'], undefined],
    ['its features changed while it runs again', ['2b', '2c'], undefined],
    ['the rollback of a return', ['2b', ['1a', 'rollback of', 3]], undefined],
  ])('%s', async (_, after, suspect) => {
    const found = await returned(historyOf(...ROLLED_BACK, ...after));
    expect(found?.suspect).toEqual(suspect);
    expect(found?.rolledBack).toBe(suspect && commit(1));
  });

  test('what was never rolled back from', async () => {
    expect(await returned(historyOf('1a', '2b', '1a', '2b'))).toBeUndefined();
  });
});

describe('what people said', () => {
  const by = { login: 'ann', id: 1 };
  const history = historyOf('1a', '2b', '1a', '2b');
  const pins = { model: '2' };

  test.each<[title: string, state: State, comes: boolean]>([
    ['quarantined before', stateWith([{ pins, by, at: 2_500 }]), true],
    ['quarantined at an unknown time', stateWith([{ pins }]), true],
    ['quarantined while it ran', stateWith([{ pins, by, at: 3_500 }]), false],
    ['something else', stateWith([{ pins: { model: '3' }, by, at: 0 }]), false],
    [
      'let back',
      stateWith([{ pins, by, at: 0 }], [{ pins, by, at: 2_500, reason: 'Fixed' }]),
      false,
    ],
    [
      'let back with this release',
      stateWith([{ pins, by, at: 0 }], [{ pins, by, at: 0, reason: '', used: commit(3) }]),
      false,
    ],
    [
      'let back with an earlier release',
      stateWith([{ pins, by, at: 2_500 }], [{ pins, by, at: 0, reason: '', used: commit(1) }]),
      true,
    ],
  ])('%s', async (_, state, comes) => {
    expect((await returned(history, state)) !== undefined).toBe(comes);
  });
});

describe('whether a return was answered before', () => {
  const again: readonly Told[] = [...ROLLED_BACK, '2b'];
  test.each<[title: string, history: readonly Told[], incidents: readonly string[], is: boolean]>([
    ['the first one', again, [commit(3)], false],
    ['after the rollback of one', [...again, ['1a', 'rollback of', 3], '2b'], [], true],
    ['after a pull request that was closed', [...again, '1a', '2b'], [commit(3)], true],
    [
      'after the rollback of another version',
      [...again.slice(0, 3), '3c', ['1a', 'rollback of', 3], '2b'],
      [],
      false,
    ],
    ['an incident that is nowhere', again, [oid('elsewhere')], false],
  ])('%s', async (_, releases, incidents, is) => {
    const history = historyOf(...releases);
    const found = await returned(history);
    if (!found) throw new Error('Nothing returned.');
    expect(await wasAnswered(history, policy, EMPTY_STATE, found, incidents)).toBe(is);
  });
});
