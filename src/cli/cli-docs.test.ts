import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { runCli } from './run-cli.ts';
import { SAMPLE, SAMPLE_POLICY } from './sample.fixture.ts';
import { openStage, type Stage } from './stage.fixture.ts';

/*
 * Runs every command of docs/cli.md in a sample repository and compares what it says.
 * `UPDATE_DOCS=1 npx vitest run src/cli/cli-docs.test.ts` writes what they say into the page.
 */
const PAGE = new URL('../../docs/cli.md', import.meta.url);
const page = await readFile(PAGE, 'utf8');
const EXAMPLE = /^```console\n\$ (.*)\n([^]*?)^```$/gm;
const examples = [...page.matchAll(EXAMPLE)].map(([, line = '', said = '']) => ({ line, said }));

let stage: Stage;
let folder = '';
const start = process.cwd();

beforeAll(async () => {
  stage = await openStage();
  ({ folder } = stage.repository(SAMPLE));
  await mkdir(join(folder, 'drafts'));
  const draft = SAMPLE_POLICY.replace('minSoak', 'minSoke').replace('critical', 'urgent');
  await writeFile(join(folder, 'drafts/fraud-detector.yaml'), draft);
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(start);
  await stage.close();
});

/** What a line of the page says in a shell, exit codes other than 0 included. */
async function say(line: string): Promise<string> {
  const [command = '', next] = line.split(' | ');
  const [program, ...args] = command.split(' ');
  expect(program).toBe('lastgood');
  const { exit, out, error } = await stage.run(args);
  const printed = next === undefined ? out : git(folder, next.split(' ').slice(1), `${out}\n`);
  const lines = [printed, error, exit === 0 ? '' : `# exit code ${exit}`];
  return lines
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

test('the page has examples', () => {
  expect(examples.length).toBeGreaterThan(10);
});

test.runIf(process.env['UPDATE_DOCS'] === '1')('write what the commands say', async () => {
  let text = page;
  for (const { line, said } of examples) {
    text = text.replace(`$ ${line}\n${said}\`\`\``, () => `$ ${line}\n\u0000\`\`\``);
    const now = await say(line);
    text = text.replace('\u0000', () => now);
    git(folder, ['checkout', '--quiet', '--', 'production']);
  }
  expect(text).not.toContain('\u0000');
  await writeFile(PAGE, text);
});

describe.skipIf(process.env['UPDATE_DOCS'] === '1')('docs/cli.md', () => {
  test.each(examples)('$line', async ({ line, said }) => {
    expect(await say(line)).toBe(said);
    git(folder, ['checkout', '--quiet', '--', 'production']);
  });

  test.each(['validate', 'history', 'plan'])('has every option and example of %s', async (name) => {
    const out: string[] = [];
    const terminal = { out: (text: string) => out.push(text), error: () => {}, now: 0 };
    await runCli([name, '--help'], terminal);
    const options = [...out.join('\n').matchAll(/^ +(--[a-z]+(?: <[a-z]+>)?)/gm)];
    expect(options.length).toBeGreaterThan(3);
    for (const [, option] of options) expect(page).toContain(`\`${option}\``);
    expect(examples.some(({ line }) => line.startsWith(`lastgood ${name}`))).toBe(true);
  });
});
