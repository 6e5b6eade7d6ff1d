import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { plain, useStories } from './support.ts';

const stories = useStories();
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-audit-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A plain clone of what the hub has, that a test may tamper with. */
function clone(name: string): string {
  const folder = join(root, name);
  execFileSync('git', ['clone', '--quiet', '--bare', stories.repository.dir, folder]);
  return folder;
}

async function run(folder: string, ...args: string[]) {
  const out: string[] = [];
  const exit = await runCli(['audit', '--repo', folder, ...args], {
    out: (text) => out.push(text),
    error: (text) => out.push(text),
    now: stories.time.clock(),
  });
  return { exit, text: out.join('\n') };
}

test('an automatic, a reviewed and a rejected rollback: reported and verified', async () => {
  const quick = await stories.plant('quick');
  const slow = await stories.plant('slow');
  const no = await stories.plant('rejected');
  await stories.alert(quick);
  await stories.alert(slow, { severity: 'medium' });
  await stories.alert(no, { severity: 'medium' });
  await stories.pass(4 * MINUTE);
  const review = (number: number) =>
    stories.as('alice').review(stories.repository, number, 'approve');
  await stories.after(() => review(slow.pull().number));
  await stories.after(() => stories.as('alice').closePull(stories.repository, no.pull().number));
  await stories.pass(HOUR);
  const folder = clone('report');
  const report = await run(folder, '--since', '30d');
  expect(plain(report.text)).toMatchInlineSnapshot();
  expect(report.exit).toBe(0);
  const verified = await run(folder, '--verify');
  expect(plain(verified.text)).toMatchInlineSnapshot();
  expect(verified.exit).toBe(0);
  for (const format of ['json', 'csv', 'markdown', 'html']) {
    expect((await run(folder, '--format', format)).text).toContain('production/quick');
  }
});
