import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE } from './sample.fixture.ts';
import { openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
let folder = '';
beforeAll(async () => {
  stage = await openStage();
  ({ folder } = stage.repository(SAMPLE));
});
afterAll(() => stage.close());

const HELPS = [
  '--help',
  'validate --help',
  'history --help',
  'plan --help',
  'doctor --help',
  'inbox --help',
  'inbox drop --help',
];

test.each(HELPS)('%s', async (line) => {
  const { exit, out, error } = await stage.run(line.split(' '));
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
  expect(out).toMatchSnapshot();
});

test('--version is that of the package', async () => {
  const { exit, out } = await stage.run(['--version']);
  expect(exit).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+/);
});

const USAGE: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /^No command is given\./],
  [['histroy'], /^unknown command 'histroy'.*Did you mean history\?/s],
  [['validate', '--jsno'], /^unknown option '--jsno'.*Did you mean --json\?/s],
  [['validate', 'extra'], /^too many arguments/],
  [['history'], /^missing required argument 'target'/],
  [
    ['inbox', 'show', 'x'],
    /value 'x' is invalid for argument 'id'\. Expected a whole number from 1\./,
  ],
  [['inbox', 'replay'], /^Give the number of an item, or --all\./],
  [['inbox', 'replay', '1', '--all'], /^Give the number of an item, or --all\./],
  [['inbox', 'drop', '1'], /^required option '--reason <text>' not specified/],
  [['inbox', 'drop', '1', '--reason', ' '], /invalid\. Expected 1 to 500 characters\./],
  [['plan', 'x', '--to'], /^option '--to <version>' argument missing/],
  [['history', 'x', '--limit', '0'], /argument '0' is invalid\. Expected a whole number from 1\./],
];

describe.each(USAGE)('%j is not understood', (args, why) => {
  test('exit 2, with the reason and where to look', async () => {
    const { exit, out, error } = await stage.run(args);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(error).toMatch(why);
    expect(error).toMatch(/ `lastgood --help` lists commands and options\.$/);
  });

  test('with --json the same as a document', async () => {
    const { error } = await stage.run([...args, '--json']);
    const ran = await stage.runJson(args);
    expect(ran).toEqual({ exit: 2, data: { error: { exit: 2, message: error, problems: [] } } });
  });
});

const FAILURES: readonly (readonly [number, readonly string[]])[] = [
  [2, ['history', 'nobody']],
  [2, ['plan', 'nobody']],
  [2, ['plan', 'fraud-detector', '--at', 'nowhere']],
  [2, ['validate', '--policy', 'a.txt']],
  [3, ['validate', '--policy', '/no/such/file.yaml']],
  [3, ['history', 'fraud-detector', '--policy', '/no/such/file.yaml']],
  [3, ['validate', '--repo', '/no/such/folder']],
  [3, ['history', 'x', '--repo', '/no/such/folder']],
  [3, ['plan', 'x', '--repo', '/no/such/folder']],
];

test.each(FAILURES)(
  'exit %i of %j: a sentence, and with --json one document',
  async (exit, args) => {
    const all = args.includes('--repo') ? args : [...args, '--repo', folder];
    const ran = await stage.run(all);
    expect(ran).toMatchObject({ exit, out: '' });
    const json = await stage.run([...all, '--json']);
    expect(json).toMatchObject({ exit, error: ran.error });
    expect(JSON.parse(json.out)).toEqual({ error: { exit, message: ran.error, problems: [] } });
  },
);
