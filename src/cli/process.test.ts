import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { SAMPLE } from './sample.fixture.ts';
import { openStage, type Stage } from './stage.fixture.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

let stage: Stage;
let folder = '';
beforeAll(async () => {
  stage = await openStage();
  ({ folder } = stage.repository(SAMPLE));
});
afterAll(() => stage.close());

/** Runs the real process in a folder; `reader` is told when something was printed and may close the pipe. */
async function runProcess(args: readonly string[], cwd: string, closeAtOnce = false) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
  if (closeAtOnce) child.stdout.destroy();
  const exit = await new Promise((resolve) => child.on('close', resolve));
  return { exit, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
}

test('the folder it is started in is the clone; what it prints is applied by git', async () => {
  const { exit, out, error } = await runProcess(['plan', 'fraud-detector'], folder);
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
  git(folder, ['apply'], out);
  expect(git(folder, ['diff', '--stat'])).toContain('2 files changed');
  git(folder, ['apply', '--reverse'], out);
});

test('exit codes reach the shell', async () => {
  expect(await runProcess(['validate'], folder)).toMatchObject({ exit: 0 });
  expect(await runProcess(['plan', 'fraud-detector', '--to', 'x'], folder)).toMatchObject({
    exit: 1,
  });
  expect(await runProcess(['plan', 'nobody'], folder)).toMatchObject({
    exit: 2,
    out: '',
    error: expect.stringContaining('No policy names the target nobody.'),
  });
  expect(await runProcess(['plan', 'nobody'], stage.root)).toMatchObject({ exit: 3, out: '' });
});

test('a reader that closes the pipe early is no failure', async () => {
  const ran = await runProcess(['history', 'fraud-detector', '--json'], folder, true);
  expect(ran).toEqual({ exit: 0, out: '', error: '' });
});
