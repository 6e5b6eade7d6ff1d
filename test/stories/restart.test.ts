import { expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { GOOD, modelText, told, useStories, type Model } from './support.ts';

const stories = useStories();

/** Restarts, perhaps after something that nobody saw; answers what was told of the model. */
async function restart(
  model: Model,
  before: () => unknown = () => undefined,
  options: { readonly loseDatabase?: boolean } = {},
): Promise<string[]> {
  const from = stories.stage.journal.length;
  await stories.after(async () => {
    await before();
    await stories.hub.settled();
    stories.hub.faults.clear();
    await stories.stage.restart(options);
  });
  const entries = stories.stage.journal.slice(from);
  return told(entries.filter(({ incident }) => incident?.includes(`/${model.name}/`)));
}

test('approvals given before, during and after a restart count', async () => {
  const model = await stories.plant('approved-across', {
    production: { approvals: { required: 3, from: ['@acme/fraud-ml', '@acme/sre'] } },
  });
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  const approve = (login: string) =>
    stories.as(login).review(stories.repository, number, 'approve');
  await stories.after(() => approve('alice'));
  const found = await restart(model, () => {
    stories.hub.faults.deliveries('lose', { event: 'pull_request_review', times: 1 });
    return approve('bob');
  });
  expect(found).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 2 of 3 approvals (\`alice\` and \`bob\`). 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(await stories.after(() => approve('erin'))).toEqual([
    'Pull request #N merged as approved.',
  ]);
  const [merged] = await stories.repository.log('main', 1);
  expect(merged?.message).toContain('Approved by alice, bob and erin.');
});

test('enough approvals came while nobody was there: merged at the start', async () => {
  const model = await stories.plant('approved-meanwhile');
  await stories.alert(model, { severity: 'medium' });
  const found = await restart(model, () => {
    stories.hub.faults.deliveries('lose', { event: 'pull_request_review', times: 1 });
    return stories.as('alice').review(stories.repository, model.pull().number, 'approve');
  });
  expect(found).toEqual(['Pull request #N merged as approved.']);
});

test('an automatic one found open after a restart goes on by itself while its alert fires', async () => {
  const model = await stories.plant('found-open');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  await stories.alert(model);
  stories.repository.clearRules();
  expect((await restart(model)).at(-1)).toBe(
    'Pull request #N merged by itself, as the policy allows.',
  );
});

test('with the database lost it waits for an approval, or for the alert to be heard again', async () => {
  const model = await stories.plant('database-lost');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  await stories.alert(model);
  stories.repository.clearRules();
  expect(await restart(model, undefined, { loseDatabase: true })).toMatchInlineSnapshot(`
    [
      "Pull request #N for this rollback was there already and is continued.",
      "Pull request #N waits for an approval, because Lastgood was restarted and cannot tell whether its alert still fires. Approve it to roll back, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stories.pass(MINUTE);
  expect((await stories.alert(model)).at(-1)).toBe(
    'Pull request #N merged by itself, as the policy allows.',
  );
});

test('with the database lost, one that somebody else made stays with people, whatever its alert does', async () => {
  const model = await stories.plant('made-by-a-stranger');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  await stories.alert(model);
  stories.repository.clearRules();
  Object.assign(model.pull(), { author: stories.as('mallory').account });
  await restart(model, undefined, { loseDatabase: true });
  await stories.pass(MINUTE);
  await stories.alert(model);
  expect(model.pull().state).toBe('open');
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  expect(await model.runs()).toEqual(GOOD);
});

test('an alert that comes while the repository cannot be read waits, over a restart too', async () => {
  const model = await stories.plant('unreadable');
  stories.hub.faults.add({ path: /\.git\//, times: 100, answer: TROUBLE.unavailable });
  await stories.stage.restart();
  await stories.alert(model);
  await stories.stage.restart();
  expect(model.pulls()).toHaveLength(0);
  stories.hub.faults.clear();
  await stories.pass(10 * MINUTE);
  expect(await model.runs()).toEqual(GOOD);
});

test('GitHub lists no repositories after a restart: what was set for later waits until it does', async () => {
  const model = await stories.plant('not-listed');
  const unreadable = { path: /\.git\//, times: 100, answer: TROUBLE.unavailable };
  stories.hub.faults.add(unreadable);
  await stories.stage.restart();
  await stories.alert(model, { severity: 'low' });
  stories.hub.faults.clear();
  const from = stories.stage.journal.length;
  const unlisted = { path: /^\/installation\/repositories$/, answer: TROUBLE.unavailable };
  stories.hub.faults.add({ ...unlisted, times: Infinity });
  await stories.stage.restart();
  await stories.pass(20 * MINUTE);
  stories.hub.faults.clear();
  await stories.pass(10 * MINUTE);
  expect(told(stories.stage.journal.slice(from))).toMatchInlineSnapshot(`
    [
      "Recorded for production/not-listed, nothing changed: ScoresDrift is low, and the policy says record for that.",
    ]
  `);
});

test('a merge whose answer and delivery got lost with the process is found', async () => {
  const model = await stories.plant('merged-unseen');
  await stories.alert(model, { severity: 'medium' });
  await restart(model, () => {
    stories.hub.faults.deliveries('lose');
    return stories.as('bob').mergePull(stories.repository, model.pull().number);
  });
  await stories.pass(MINUTE);
  const late = await stories.alert(model, { name: 'Late', version: '1.11' });
  expect(late.at(-1)).toContain('1.11, and 1.10 runs');
});

test.each([{ loseDatabase: false }, { loseDatabase: true }])(
  'closed by the App while the bad release runs: a no after a restart, and its branch stays ($loseDatabase)',
  async ({ loseDatabase }) => {
    const model = await stories.plant(`closed-by-app-${String(loseDatabase)}`);
    await stories.alert(model, { severity: 'medium' });
    const { number, headRef } = model.pull();
    const { repository, hub, stage } = stories;
    const close = () =>
      fetch(`${hub.url}/repos/${repository.fullName}/pulls/${number}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${stage.sample.app.token().token}` },
        body: JSON.stringify({ state: 'closed' }),
      });
    await restart(
      model,
      () => {
        hub.faults.deliveries('lose');
        return close();
      },
      { loseDatabase },
    );
    await stories.pass(HOUR);
    await stories.alert(model);
    expect(model.pulls()).toHaveLength(1);
    expect(model.pull().state).toBe('closed');
    expect(repository.head(headRef)).toBeDefined();
  },
);

test('a restart loses no budget', async () => {
  const model = await stories.plant('budgeted', {
    production: { limits: { merge: '1 per 24h', cooldown: '1m' } },
  });
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  await stories.pass(HOUR);
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await restart(model);
  await stories.pass(HOUR);
  const [first] = await stories.alert(model, { version: '1.12' });
  expect(first).toMatchInlineSnapshot(
    `"Opening a rollback of production/budgeted for review: 1 rollback of this target was merged automatically within 1d, and the policy allows 1. There is room again at <time>. Approve it to roll back, or close it."`,
  );
  expect(model.pull().state).toBe('open');
});

test('what merged lately is read back from the mirror: GitHub is not asked for each', async () => {
  const model = await stories.plant('merged-lately');
  await stories.alert(model);
  const { mergeCommit = 'none' } = model.pull();
  expect(await model.runs()).toEqual(GOOD);
  const from = stories.hub.calls.length;
  await restart(model);
  const asked = stories.hub.calls.slice(from).filter(({ path }) => path.includes(mergeCommit));
  expect(asked.map(({ path }) => path).filter((path) => path.includes('/git/commits/'))).toEqual(
    [],
  );
});

test('somebody pushed to the branch while nobody was there: never merged, and it says so', async () => {
  const model = await stories.plant('pushed-meanwhile');
  await stories.alert(model, { severity: 'medium' });
  const { headRef, number } = model.pull();
  const found = await restart(model, () => {
    stories.hub.faults.deliveries('lose');
    return stories.as('erin').push(stories.repository, headRef, {
      message: 'Rather this one',
      files: { [model.file]: modelText(model.name, '1.9') },
    });
  });
  expect(found).toMatchInlineSnapshot(`
    [
      "Pull request #N is not merged by Lastgood: somebody pushed to its branch, so it is no longer the plan that was evaluated. Reset the branch to the evaluated commit, or merge it yourself.",
    ]
  `);
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(model.pull().state).toBe('open');
});

test('the policy was broken at the start, and is mended later: the rollback goes on', async () => {
  const model = await stories.plant('mended-later');
  await stories.alert(model, { severity: 'medium' });
  const policy = (await stories.repository.read(model.policyFile)) ?? '';
  const write = (text: string) =>
    stories.after(() =>
      stories.repository.commit({
        by: 'alice',
        message: 'Change the policy',
        files: { [model.policyFile]: text },
      }),
    );
  expect(await write(`${policy}respnd: {}\n`)).toMatchInlineSnapshot(`
    [
      ".lastgood/mended-later.yaml:26:1: unknown key "respnd"; expected one of extends, model, owners, environments, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; did you mean \`respond\`",
      "Pull request #N waits, because no valid policy file on the default branch claims its target any more. Mend the policy file, or merge or close it yourself.",
    ]
  `);
  await restart(model);
  const { number } = model.pull();
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(model.pull().state).toBe('open');
  expect(await write(policy)).toEqual(['Pull request #N merged as approved.']);
});

test('a rollback that waited for days, and merged just now, cools down over a restart and a lost database', async () => {
  const model = await stories.plant('waited-for-days');
  await stories.alert(model, { severity: 'medium' });
  await stories.pass(2 * DAY);
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  expect(await model.runs()).toEqual(GOOD);
  await restart(model, undefined, { loseDatabase: true });
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await stories.pass(10 * MINUTE);
  expect((await stories.alert(model))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/waited-for-days for review: pull request #N rolled it back at <time>, and nothing merges by itself until <time>. Approve it to roll back, or close it."`,
  );
  expect(model.pull().state).toBe('open');
});
