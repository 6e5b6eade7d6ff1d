import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { featuresFile, modelFile, SAMPLE, SAMPLE_POLICY } from './sample.fixture.ts';
import { november, openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Escape sequences, a C1 control, a carriage return, a bidi override, a zero-width and a tag character. */
const EVIL = '\u001b[2J\u001b]0;owned\u0007\u009b31m\rX\u202e\u200b\u{e0041}';
const RAW = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const TARGET = 'production/fraud-detector';

/** The sample, with commits whose author, subject, file names and texts are made to fool a terminal. */
function hostile() {
  return stage.repository([
    ...SAMPLE,
    {
      message: `Tidy${EVIL}\tup ${'long '.repeat(60)}\n\nbody`,
      at: november(13, 12),
      author: `Eve${EVIL} <eve@acme.example>`,
      files: {
        'production/model.yaml': `# ${EVIL}\n${modelFile(`v5-${'a'.repeat(100)}`, '4Gi')}`,
        'production/features.yaml': featuresFile('tx'),
      },
    },
    {
      message: `More${EVIL}`,
      at: november(13, 13),
      author: `Eve${EVIL} <eve@acme.example>`,
      files: { 'production/model.yaml': `${modelFile('v6', '8Gi')}# ${EVIL}\n` },
    },
    {
      message: `Break${EVIL}`,
      at: november(13, 14),
      files: { [`.lastgood/${EVIL.replaceAll('\r', '')}.yaml`]: `model: "${EVIL}"\n` },
    },
  ]);
}

test.each([
  ['history', TARGET],
  ['history', TARGET, '--json'],
  ['plan', TARGET],
  ['plan', TARGET, '--json'],
  ['plan', TARGET, '--to', EVIL],
  ['plan', EVIL],
  ['plan', EVIL, '--json'],
  ['history', TARGET, '--at', `HEAD${EVIL}`],
  ['history', TARGET, `--limit=${EVIL}`],
  ['validate'],
  ['validate', '--json'],
  ['validate', '--at', 'HEAD'],
  ['validate', '--policy', `${EVIL}.yaml`],
  [EVIL],
])('no raw control character reaches the terminal: %j', async (...args) => {
  const { folder } = hostile();
  const { out, error } = await stage.run([...args, '--repo', folder], { isInteractive: true });
  expect(`${out}${error}`).not.toBe('');
  expect(out).not.toMatch(RAW);
  expect(error).not.toMatch(RAW);
});

test('JSON gives the same texts to a parser all the same', async () => {
  const { folder } = hostile();
  const { data } = await stage.runJson(['history', TARGET, '--repo', folder]);
  expect(data).toMatchObject({
    releases: [{ author: `Eve${EVIL}`, subject: `More${EVIL}` }, {}, {}, {}, {}, {}],
  });
});

test('a value with an escape sequence is no version', async () => {
  const { folder } = stage.repository([
    ...SAMPLE,
    {
      message: 'x',
      files: { 'production/features.yaml': 'data: { snapshot: "tx\\e[31m" }\n' },
    },
  ]);
  const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
  expect(exit).toBe(1);
  expect(out).toContain('holds the character U+001B');
});

test('the table cuts long versions, subjects and names; JSON does not', async () => {
  const { folder } = hostile();
  const { out } = await stage.run(['history', TARGET, '--repo', folder]);
  expect(out.split('\n')[2]).toMatch(/ v5-a{28}… .*Tidy.* long lon…$/);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(200);
  const { data } = await stage.runJson(['history', TARGET, '--repo', folder]);
  expect(data).toMatchObject({
    releases: [{}, { versions: { model: `v5-${'a'.repeat(100)}` } }, {}, {}, {}, {}],
  });
});

test('a diff that is not read by a person stays byte for byte', async () => {
  const { folder } = hostile();
  const at = ['--at', 'HEAD~1', '--to', 'v4'];
  const piped = await stage.run(['plan', TARGET, '--repo', folder, ...at]);
  expect(piped.out).toContain(` # ${EVIL}\n`);
  const shown = await stage.run(['plan', TARGET, '--repo', folder, ...at], { isInteractive: true });
  expect(shown.out).toContain(String.raw` # \u001b[2J\u001b]0;owned\u0007\u009b31m\u000dX`);
});

test('a mistake in a policy file is told without what would fool a terminal', async () => {
  const { folder } = stage.repository(SAMPLE);
  const text = SAMPLE_POLICY.replace('minSoak', `"min${EVIL.replaceAll('\r', '')}"`);
  await writeFile(join(folder, '.lastgood/fraud-detector.yaml'), text);
  const { exit, out } = await stage.run(['validate', '--repo', folder]);
  expect(exit).toBe(1);
  expect(out).not.toMatch(RAW);
});
