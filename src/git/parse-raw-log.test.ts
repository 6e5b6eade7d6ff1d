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

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
