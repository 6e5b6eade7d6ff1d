import { expect, test } from 'vitest';
import { recordPath, writeRecord, type BacktestRecord } from '../../src/backtest/record.ts';
import { loadPolicySet } from '../../src/policy/load.ts';
import { readShippedPresets } from '../../src/policy/presets.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { DAY, MINUTE } from '../../src/time.ts';
import { passedRecord } from '../../fixtures/decision/backtest.ts';
import { talkIn } from './commands-support.ts';
import { BAD, GOOD, useStories, type Model } from './support.ts';

const stories = useStories();
const talk = talkIn(stories);
const DEMANDING = { policy: { backtest: { span: '20d', falseRollbacks: '1 per 30d' } } };

/** The record that a backtest of the model's policy would leave, but for what is said of it. */
async function recordOf(model: Model, change: Partial<BacktestRecord> = {}): Promise<string> {
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const set = loadPolicySet([{ path: model.policyFile, text }], await readShippedPresets());
  const [policy] = set.targets;
  if (!policy) throw new Error(`${model.policyFile} has a mistake.`);
  return writeRecord({ ...passedRecord(policy, stories.time.clock()), ...change });
}

function recordFile({ name }: Model): string {
  return recordPath({ environment: 'production', model: name });
}

/** Puts a record on the default branch; answers what was told. */
function land(model: Model, text: string): Promise<string[]> {
  return stories.after(() =>
    stories.repository.commit({
      by: 'alice',
      message: `Record the backtest of ${model.name}`,
      files: { [recordFile(model)]: text },
    }),
  );
}

test('without a record it is opened for review, with a passed one it merges', async () => {
  const untried = await stories.plant('untried', DEMANDING);
  expect(await stories.alert(untried)).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/untried for review: the policy lets nothing merge by itself without a passed backtest, and there is no record of one. Run lastgood backtest with --record, and bring the record to the default branch. Approve it to roll back, or close it.",
      "Planned to take production/untried back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/untried: 1.11 → 1.10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(untried.pull().state).toBe('open');
  expect(await untried.runs()).toEqual(BAD);

  const tried = await stories.plant('tried', DEMANDING);
  await land(tried, await recordOf(tried));
  expect(await stories.alert(tried)).toMatchInlineSnapshot(`
    [
      "Rolling back production/tried now: ScoresDrift is critical, and the policy says merge for that.",
      "Planned to take production/tried back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/tried: 1.11 → 1.10.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await tried.runs()).toEqual(GOOD);

  const number = await talk.issue('Why does nothing merge?');
  await talk.say('carol', number, `/status ${untried.target}`);
  expect(talk.answer(number)).toContain(
    'Nothing merges by itself: the policy demands a passed backtest, and there is no record of one.',
  );
  await talk.say('carol', number, `/status ${tried.target}`);
  expect(talk.answer(number)).not.toContain('backtest');
  const said: string[] = [];
  const exit = await runCli(['audit', '--verify', '--repo', stories.repository.dir], {
    out: (text) => said.push(text),
    error: (text) => said.push(text),
    now: stories.time.clock(),
  });
  expect(said.join('\n')).not.toContain('backtest');
  expect(exit).toBe(0);
});

test('a record of another policy, of long ago, or of bad figures lets nothing merge', async () => {
  const changed = await stories.plant('changed', DEMANDING);
  await land(changed, await recordOf(changed));
  const text = (await stories.repository.read(changed.policyFile)) ?? '';
  await stories.after(() =>
    stories.repository.commit({
      by: 'alice',
      message: 'Ask for less evidence',
      files: { [changed.policyFile]: `${text}evidence: { minAge: 0s }\n` },
    }),
  );
  expect((await stories.alert(changed))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/changed for review: the policy lets nothing merge by itself without a passed backtest, and its record is about another policy than the one that stands now. Run lastgood backtest with --record, and bring the record to the default branch. Approve it to roll back, or close it."`,
  );

  const noisy = await stories.plant('noisy', DEMANDING);
  const result = { incidents: 2, found: 2, falseRollbacks: 4, freeDays: 30 };
  await land(noisy, await recordOf(noisy, { result }));
  expect((await stories.alert(noisy))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/noisy for review: the policy lets nothing merge by itself without a passed backtest, and it found 4 false rollbacks in 30 days, where 1 is the most. Run lastgood backtest with --record, and bring the record to the default branch. Approve it to roll back, or close it."`,
  );

  const forged = await stories.plant('forged', DEMANDING);
  await land(forged, '{"format": 1, "passed": true}\n');
  expect((await stories.alert(forged))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/forged for review: the policy lets nothing merge by itself without a passed backtest, and its record cannot be read. Run lastgood backtest with --record, and bring the record to the default branch. Approve it to roll back, or close it."`,
  );

  const old = await stories.plant('old', DEMANDING);
  await land(old, await recordOf(old));
  await stories.pass(95 * DAY);
  await stories.after(() => old.ship({ model: '1.12' }));
  await stories.pass(10 * MINUTE);
  expect((await stories.alert(old))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/old for review: the policy lets nothing merge by itself without a passed backtest, and what it replayed ended 96d ago, where 90d is the most. Run lastgood backtest with --record, and bring the record to the default branch. Approve it to roll back, or close it."`,
  );
});
