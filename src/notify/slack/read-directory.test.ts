import { expect, test } from 'vitest';
import { readDirectory } from './read-directory.ts';

test('says who is who', () => {
  const text = 'users: { U02ABC: alice, W03DEF: "carol-x" }\nchannels: { C01: acme/models }\n';
  expect(readDirectory(text)).toEqual({
    ok: true,
    directory: {
      users: new Map([
        ['U02ABC', 'alice'],
        ['W03DEF', 'carol-x'],
      ]),
      channels: new Map([['C01', 'acme/models']]),
    },
  });
  expect(readDirectory('')).toMatchObject({ ok: true });
});

test.each([
  ['users: { alice: U02ABC }'],
  ['users: { U02ABC: "@alice" }'],
  ['users: { U02ABC: 7 }'],
  ['users: [alice]'],
  ['channels: { "#ml": acme/models }'],
  ['channels: { C01: models }'],
  ['people: {}'],
  ['users: {'],
  ['[]'],
])('explains %j', (text) => {
  const reading = readDirectory(text);
  expect(reading.ok).toBe(false);
  expect(reading.ok ? [] : reading.problems).toHaveLength(1);
});
