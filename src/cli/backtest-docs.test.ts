import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLLAPSE, writeCollapse } from './collapse.fixture.ts';
import { runCli } from './run-cli.ts';
import { openStage, type Stage } from './stage.fixture.ts';

/*
 * Runs every command of docs/backtest.md on a recorded collapse and compares what it says.
 * `UPDATE_DOCS=1 npx vitest run src/cli/backtest-docs.test.ts` writes what they say into the page.
 */
const PAGE = new URL('../../docs/backtest.md', import.meta.url);
const page = await readFile(PAGE, 'utf8');
const EXAMPLE = /^```console\n\$ (.*)\n([^]*?)^```$/gm;
const examples = [...page.matchAll(EXAMPLE)].map(([, line = '', said = '']) => ({ line, said }));
const UPDATE = process.env['UPDATE_DOCS'] === '1';

let stage: Stage;
const start = process.cwd();

beforeAll(async () => {
  stage = await openStage();
  const { folder } = stage.repository(COLLAPSE);
  await writeCollapse(folder);
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(start);
  await stage.close();
});

async function say(line: string): Promise<string> {
  const [program, ...args] = line.split(' ');
  expect(program).toBe('lastgood');
  const { exit, out, error } = await stage.run(args);
  const lines = [out, error, exit === 0 ? '' : `# exit code ${exit}`];
  return lines.flatMap((text) => (text === '' ? [] : [`${text}\n`])).join('');
}

test.runIf(UPDATE)('write what the commands say', async () => {
  let text = page;
  expect(examples.length).toBeGreaterThan(1);
  for (const { line, said } of examples) {
    const now = await say(line);
    text = text.replace(`$ ${line}\n${said}\`\`\``, () => `$ ${line}\n${now}\`\`\``);
  }
  await writeFile(PAGE, text);
});

describe.skipIf(UPDATE)('docs/backtest.md', () => {
  test('has examples', () => expect(examples.length).toBeGreaterThan(1));

  test.each(examples)('$line', async ({ line, said }) => {
    expect(await say(line)).toBe(said);
  });

  test('the record that it speaks of is there', async () => {
    const record = await readFile(join('.lastgood', 'backtests', 'production', 'ranker.json'));
    expect(JSON.parse(record.toString())).toMatchObject({ target: 'production/ranker' });
  });

  test.each(['backtest', 'tune'])('has every option of %s', async (name) => {
    const out: string[] = [];
    const terminal = { out: (text: string) => out.push(text), error: () => {}, now: 0 };
    await runCli([name, '--help'], terminal);
    const options = [...out.join('\n').matchAll(/^ +(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options.length).toBeGreaterThan(8);
    const general = new Set(['--repo', '--at', '--json', '--help']);
    for (const option of options.filter((one) => !general.has(one ?? ''))) {
      expect(page).toContain(option);
    }
  });
});
