import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { readLines } from '../../src/journal/chain.ts';
import { factsIn } from '../../src/journal/facts.ts';
import { JOURNAL_BRANCH } from '../../src/journal/journal-branch.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { useStories, type Model } from './support.ts';

const stories = useStories();
const { say, issue } = talkIn(stories);

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-stored-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Said {
  readonly exit: number;
  readonly out: string;
  readonly error: string;
}

/** Runs `lastgood backtest` on a plain clone of what the hub has. */
async function backtest(model: Model, ...args: readonly string[]): Promise<Said> {
  const folder = await mkdtemp(join(root, 'clone-'));
  execFileSync('git', ['clone', '--quiet', stories.repository.dir, folder]);
  const [out, error]: string[][] = [[], []];
  const exit = await runCli(['backtest', model.name, '--repo', folder, ...args], {
    out: (text) => out?.push(text),
    error: (text) => error?.push(text),
    now: stories.time.clock(),
  });
  return { exit, out: out?.join('\n') ?? '', error: error?.join('\n') ?? '' };
}

/** What the service decided about alerts, by its journal: the reason and the moment of each, oldest first. */
async function decided(model: Model): Promise<readonly string[]> {
  const path = `.lastgood/journal/incidents/${model.target}/${model.bad}.jsonl`;
  const lines = readLines((await stories.repository.read(path, JOURNAL_BRANCH)) ?? '');
  return lines.flatMap((line) => {
    const { act, reason } = factsIn(line);
    return line.kind === 'decided'
      ? `${line.at} ${act} ${reason} x${line.repeats?.count ?? 1}`
      : [];
  });
}

test('the alerts that the service was sent are replayed from its journal, with what was held then', async () => {
  const patient = { policy: { evidence: { consecutive: 4, minAge: '0s' } } };
  const model = await stories.plant('stored', patient);
  const number = await issue('Holding');
  const startsAt = stories.time.clock();
  const fire = async (wait: number) => {
    await stories.pass(wait);
    await stories.alert(model, { startsAt });
  };
  await fire(MINUTE);
  await fire(MINUTE);
  await fire(MINUTE);
  await say('alice', number, '/hold stored Looking at it');
  await fire(2 * MINUTE);
  await stories.pass(10 * MINUTE);
  await say('alice', number, '/unhold stored');
  await stories.pass(2 * HOUR);
  expect(model.pull().mergedAt).toBeDefined();
  expect(await decided(model)).toMatchInlineSnapshot(`
    [
      "2026-11-20T02:18:00.000Z record too-few-firings x1",
      "2026-11-20T02:22:00.000Z review hold x1",
      "2026-11-20T02:32:00.000Z merge policy x1",
      "2026-11-20T02:19:00.000Z record too-few-firings x2",
    ]
  `);

  const { exit, out, error } = await backtest(model);
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
  // What the lifted hold let go really merged in the same second, so that it was no longer for the replay to do.
  const plain = out.replaceAll(/\b[0-9a-f]{12}\b/g, '<commit>');
  expect(plain).toMatchInlineSnapshot(`
    "production/stored from 2026-11-20 02:18:00 UTC to 2026-11-20 03:18:10 UTC (1h): 0 samples, 0 looks and 4 recorded alerts replayed. The alerts are those of lastgood/journal at <commit>. What was held and frozen is as lastgood/state has it at <commit>.

    Figures
                         .lastgood/stored.yaml
    incidents found      1 of 1 (100 %, interval 20.7 % to 100 %)
    time to detect       median 4m, p90 4m
    rollbacks            1, of which 0 merged alone
    false rollbacks      0 in 0.0321 days
    false per 30 days    0 (interval 0 to 3450)
    people told instead  0 times

    Rollbacks
    At                       Target             From                 To                   How              Because of   Incident                  After  Evidence
    2026-11-20 02:22:00 UTC  production/stored  1.11 (<commit>)  1.10 (<commit>)  review (a hold)  ScoresDrift  rolled back <commit>  4m     The scores have drifted

    Incidents
    Began                    Until                    Target             Incident                  Answered after
    2026-11-20 02:18:00 UTC  2026-11-20 02:32:00 UTC  production/stored  rolled back <commit>  4m

    Held back
    Target             By                     Instead  Times  Alerts  Releases  First
    production/stored  too few notifications  record   3      1       1         2026-11-20 02:18:00 UTC
    production/stored  a hold                 review   1      1       1         2026-11-20 02:22:00 UTC

    Not replayed
    Everything was."
  `);

  // With another policy the same alerts come to something else: as of the moment that each was seen.
  const eager = join(root, 'eager.yaml');
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  await writeFile(eager, text.replace('consecutive: 4', 'consecutive: 2'));
  const other = await backtest(model, '--policy', eager, '--json');
  const { policy } = JSON.parse(other.out) as {
    policy: { rollbacks: readonly { at: string; act: string }[] };
  };
  expect(policy.rollbacks).toMatchObject([
    { at: new Date(startsAt + 2 * MINUTE).toISOString(), act: 'merge' },
  ]);

  const without = await backtest(model, '--no-alerts');
  expect(without.exit).toBe(2);
  expect(without.error).toContain('Nothing to replay is named');
});
