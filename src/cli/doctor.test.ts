import { expect, test } from 'vitest';
import { CHECK_IDS, type Check } from '../doctor/check.ts';
import { startDoctorStage } from '../doctor/doctor.fixture.ts';
import { describeChecks, doctor, type DoctorOptions } from './doctor.ts';
import { CommandFailed } from './exit-codes.ts';

async function run(env: Readonly<Record<string, string>>, options: DoctorOptions = {}) {
  const out: string[] = [];
  const terminal = { out: (text: string) => out.push(text), error: () => {}, now: Date.now() };
  const exit = await doctor(options, terminal, env);
  return { exit, out: out.join('\n') };
}

test('a table of one line a check, and exit 0 with warnings only', async () => {
  const stage = await startDoctorStage();
  const { exit, out } = await run(stage.env);
  expect(exit).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^\s+CHECK\s+WHERE\s+FOUND, AND WHAT TO DO$/);
  expect(lines.at(-1)).toMatch(/^\d+ checks: 2 warnings\.$/);
  expect(lines.filter((line) => /^(ok|warning|problem) /.test(line))).toHaveLength(
    lines.length - 3,
  );
  expect(out).toMatch(
    /^warning\s+approval-path\s+acme\/ml-manifests\s+Nothing protects main.* → Add/m,
  );
  expect(out).not.toContain(stage.env['WEBHOOK_SECRET']);
});

test('exit 1 with a problem, and --json has every check', async () => {
  const stage = await startDoctorStage();
  stage.repository.rules({ update: true });
  const { exit, out } = await run(stage.env, { json: true });
  expect(exit).toBe(1);
  const data = JSON.parse(out) as { readonly exit: number; readonly checks: readonly Check[] };
  expect(data.exit).toBe(1);
  expect(data.checks.find(({ id }) => id === 'push-restriction')).toEqual({
    id: 'push-restriction',
    level: 'problem',
    about: 'acme/ml-manifests',
    found: expect.stringContaining('restricts who may push to main'),
    fix: expect.stringContaining('Add the App'),
  });
  expect(data.checks.every(({ id }) => CHECK_IDS.includes(id))).toBe(true);
});

test('exit 2 when the settings have mistakes: the sentences that `npm start` says', async () => {
  const failed = await run({ APP_ID: 'x' }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(CommandFailed);
  expect(failed).toMatchObject({
    exit: 2,
    message: expect.stringMatching(/APP_ID.*WEBHOOK_SECRET/s),
  });
});

test('exit 3 when GitHub cannot be reached', async () => {
  const stage = await startDoctorStage();
  const { exit, out } = await run({ ...stage.env, GITHUB_API_URL: 'http://127.0.0.1:9' });
  expect(exit).toBe(3);
  expect(out).toMatch(/^problem\s+github\s+the App\s+GitHub cannot be reached/m);
});

test('nothing from outside moves the cursor or breaks a line', () => {
  const check: Check = {
    id: 'credentials',
    level: 'ok',
    about: 'acme/a\u001b[2Jb',
    found: 'GitHub knows the App as x\ny\u202e.',
  };
  const lines = describeChecks([check]).split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/acme\/a\[2Jb\s+GitHub knows the App as x y\.$/);
});
