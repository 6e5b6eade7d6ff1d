import { expect, test } from 'vitest';
import type { Release } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import { EMPTY_STATE, type State, type TargetState } from '../state/state.ts';
import { quarantineOf } from './quarantine-of.ts';

const target = { environment: 'production', model: 'fraud' };
const AT = Date.parse('2026-11-20T02:17:00Z');
const alice = { login: 'alice', id: 1 };

function reading(versions: Versions): Pick<Release, 'values' | 'problems'> {
  const values = Object.entries(versions).map(([pin, version]) => [
    pin,
    { version, value: version, token: version, line: 1 },
  ]);
  return { values: Object.fromEntries(values), problems: [] };
}

function change(before: Versions, after: Versions, suspects: readonly Versions[] = []) {
  const release: Release = {
    commit: 'a'.repeat(40),
    at: 0,
    author: { name: '', email: '' },
    subject: '',
    body: '',
    ...reading(before),
  };
  const rolledBack = { commits: new Set<string>(), tuples: [], suspects };
  return { before: release, after: reading(after), rolledBack };
}

function state(of: Partial<TargetState>): State {
  const one = { target, quarantine: [], relands: [], ...of };
  return { ...EMPTY_STATE, targets: new Map([['production/fraud', one]]) };
}

const now = { model: '1.10', features: 'f-10' };
const bad = { model: '1.11', features: 'f-11' };
const quarantine = [{ pins: { model: '1.11' }, by: alice, at: AT, reason: 'Drifts.' }];
const reland = { pins: { model: '1.11' }, by: alice, at: AT + 1, reason: 'Mended features.' };

test.each<[string, ReturnType<typeof change>, State, unknown]>([
  ['nothing is quarantined', change(now, bad), EMPTY_STATE, undefined],
  [
    'a rollback went away from it',
    change(now, bad, [{ model: '1.11' }]),
    EMPTY_STATE,
    { versions: { model: '1.11' }, because: 'A rollback went away from it.', relanded: false },
  ],
  [
    'with other features it is the same model',
    change(now, { model: '1.11', features: 'f-12' }, [{ model: '1.11' }]),
    EMPTY_STATE,
    { versions: { model: '1.11' }, because: 'A rollback went away from it.', relanded: false },
  ],
  [
    'it runs already, and something else changes',
    change(bad, { model: '1.11', features: 'f-12' }, [{ model: '1.11' }]),
    EMPTY_STATE,
    undefined,
  ],
  [
    'somebody quarantined it',
    change(now, bad),
    state({ quarantine }),
    {
      versions: { model: '1.11' },
      because: 'Quarantined by `alice` on 2026-11-20 02:17:00 UTC: Drifts.',
      relanded: false,
    },
  ],
  [
    'somebody relanded it',
    change(now, bad),
    state({ quarantine, relands: [reland] }),
    {
      versions: { model: '1.11' },
      because: 'Quarantined by `alice` on 2026-11-20 02:17:00 UTC: Drifts.',
      relanded: true,
    },
  ],
  [
    'the reland is used up',
    change(now, bad),
    state({ quarantine, relands: [{ ...reland, used: 'b'.repeat(40) }] }),
    {
      versions: { model: '1.11' },
      because: 'Quarantined by `alice` on 2026-11-20 02:17:00 UTC: Drifts.',
      relanded: false,
    },
  ],
])('%s', (_, made, known, expected) => {
  expect(quarantineOf(made, target, known)).toEqual(expected);
});
