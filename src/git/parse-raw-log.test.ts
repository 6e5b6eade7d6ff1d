import { expect, test } from 'vitest';
import { parseRawLog } from './parse-raw-log.ts';
import type { LoggedCommit } from './parse-raw-log.ts';

test('a log is read the same however it is cut into chunks; submodules are no files', async () => {
  const [a, b, zero] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];
  const log = Buffer.from(
    [
      `${a} \0`,
      `\n:000000 100644 ${zero} ${b} A\0:x\n y\0:000000 160000 ${zero} ${a} A\0sub\0`,
      `${b} ${a} ${zero}\0`,
      `${zero} ${b}\0`,
      `\n:160000 100644 ${a} ${b} T\0sub\0:100644 160000 ${b} ${a} T\0z\0:100644 000000 ${b} ${zero} D\0é\0`,
    ].join(''),
  );
  const expected: LoggedCommit[] = [
    { commit: a, parents: [], changes: [{ path: ':x\n y', blob: b, added: true }] },
    { commit: b, parents: [a, zero], changes: [] },
    {
      commit: zero,
      parents: [b],
      changes: [
        { path: 'sub', blob: b, added: true },
        { path: 'z', blob: null, added: false },
        { path: 'é', blob: null, added: false },
      ],
    },
  ];
  for (const size of [1, 7, 41, 1000]) {
    const found: LoggedCommit[] = [];
    for await (const commit of parseRawLog(cut(log, size))) found.push(commit);
    expect(found).toEqual(expected);
  }
});

test('with messages: what they speak of is read, whatever else stands in them', async () => {
  const [a, b, c, zero] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40), '0'.repeat(40)];
  const log = Buffer.from(
    [
      `${a} \nShip\n\n:100644 looks like a change\n\0`,
      `\n:000000 100644 ${zero} ${b} A\0x\0`,
      `${b} ${a}\nRoll back ünïcode\n\nLastgood-Target: production/fraud\nLastgood-Mode: automatic\n\0`,
      `\n:100644 100644 ${b} ${a} M\0x\0`,
      `${c} ${b}\n\0`,
    ].join(''),
  );
  for (const size of [1, 7, 41, 1000]) {
    const found: LoggedCommit[] = [];
    for await (const commit of parseRawLog(cut(log, size))) found.push(commit);
    expect(found).toEqual([
      { commit: a, parents: [], changes: [{ path: 'x', blob: b, added: true }] },
      {
        commit: b,
        parents: [a],
        changes: [{ path: 'x', blob: a, added: false }],
        speaksOf: ['production/fraud'],
      },
      { commit: c, parents: [b], changes: [] },
    ]);
  }
});

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
