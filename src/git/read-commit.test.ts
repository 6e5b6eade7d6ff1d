import { expect, test } from 'vitest';
import { readCommit } from './read-commit.ts';

const TREE = '1'.repeat(40);
const read = (text: string | Buffer) => readCommit('c'.repeat(40), Buffer.from(text));

test('a signed merge commit is read, and nothing of the signature taken for a header', () => {
  const { tree, parents, info } = read(`tree ${TREE}
parent ${'2'.repeat(40)}
parent ${'3'.repeat(40)}
author Ada Byron <ada@example.com> 1700000000 +0100
committer Ben <ben@example.com> 1700003600 -0500
gpgsig -----BEGIN PGP SIGNATURE-----
 parent ${'4'.repeat(40)}
 
 -----END PGP SIGNATURE-----

Subject

Body

Key: Value
`);
  expect([tree, parents]).toEqual([TREE, ['2'.repeat(40), '3'.repeat(40)]]);
  expect(info).toEqual({
    commit: 'c'.repeat(40),
    at: 1_700_003_600_000,
    author: { name: 'Ada Byron', email: 'ada@example.com' },
    subject: 'Subject',
    body: 'Body\n\nKey: Value',
  });
});

test('a commit in another encoding is read in it', () => {
  const head = `tree ${TREE}\nauthor J\xfcrgen <j@example.com> 1 +0000\ncommitter J <j> 1 +0000\n`;
  const text = `${head}encoding ISO-8859-1\n\nGr\xfc\xdfe\n`;
  const { info } = read(Buffer.from(text, 'latin1'));
  expect([info.author.name, info.subject]).toEqual(['Jürgen', 'Grüße']);
  const unknown = read(Buffer.from(text.replace('ISO-8859-1', 'x-none'), 'latin1'));
  expect(unknown.info.subject).toBe('Gr\ufffd\ufffde');
});

test.each([
  ['nothing', '', { at: 0, author: { name: '', email: '' }, subject: '' }],
  ['no message', `tree ${TREE}\nauthor A <a> 1 +0000`, { author: { name: 'A', email: 'a' } }],
  [
    'a date beyond all days',
    `committer A <a> ${'9'.repeat(30)} +0000\n\nx`,
    { at: 0, subject: 'x' },
  ],
  ['a date before all days', 'committer A <a> -5 +0000\n\nx', { at: 0 }],
  ['no date', 'committer A <a>\n\nx', { at: 0 }],
  ['an author without an address', 'author Nobody\n\nx', { author: { name: 'Nobody', email: '' } }],
  [
    'an author who is only an address',
    'author <a@b> 1 +0000\n\nx',
    { author: { name: '', email: 'a@b' } },
  ],
  ['blank lines only', 'tree x\n\n\n \n\n', { subject: '', body: '' }],
  ['line ends of Windows', 'tree x\n\na\r\n\r\nb\r\n', { subject: 'a', body: 'b' }],
])('%s is read as far as it goes', (_, text, expected) => {
  expect(read(text).info).toMatchObject(expected);
});

test.each(['Eve\rEvil', 'Eve\u2028Evil', 'Eve\u2029Evil', '\rEve'])(
  'a name with a line separator other than the line end hides no moment: %j',
  (name) => {
    const person = `${name} <eve@x> 1700000000 +0000`;
    const { info } = read(`author ${person}\ncommitter ${person}\n\nx\n`);
    expect([info.at, info.author]).toEqual([
      1_700_000_000_000,
      { name: name.trim(), email: 'eve@x' },
    ]);
  },
);

test('a header that nobody writes is read no further than a name is long', () => {
  const before = process.cpuUsage();
  const { info } = read(`tree ${'t'.repeat(40)}\nauthor A${' '.repeat(300_000)}\n\nShip`);
  expect(process.cpuUsage(before).user / 1_000_000).toBeLessThan(3);
  expect(info.author).toEqual({ name: 'A', email: '' });
});
