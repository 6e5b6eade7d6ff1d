import { afterEach, describe, expect, test } from 'vitest';
import { clientFor } from '../../fixtures/hub/test-hub.ts';
import { BAD, GOOD, useStories, type Model } from '../stories/support.ts';

const stories = useStories();

/** The rules of one test end with it. */
afterEach(() => {
  stories.repository.clearRules();
  stories.hub.faults.clear();
});

/** Does something with a pull request that only GraphQL can, as a person in GitHub's pages. */
async function asAlice(model: Model, mutation: string, more = ''): Promise<void> {
  const name = mutation === 'dequeuePullRequest' ? 'id' : 'pullRequestId';
  const document = `mutation ($id: ID!) { ${mutation}(input: { ${name}: $id${more} }) { clientMutationId } }`;
  const { token } = stories.as('alice');
  const id = model.pull().nodeId;
  await stories.after(() => clientFor(stories.hub, token).graphql(document, { id }));
}

const ARM = 'enablePullRequestAutoMerge';

test('reality 8: it waits for checks by itself and never arms auto-merge', async () => {
  const model = await stories.plant('checked');
  stories.repository.rules({ checks: { required: [{ context: 'ci' }] } });
  const calls = await stories.callsOf(() => stories.alert(model, { version: BAD.model }));
  expect(model.pull()).toMatchObject({ state: 'open', autoMerge: undefined });
  calls.push(
    ...(await stories.callsOf(() => stories.repository.status(model.pull().head, 'ci', 'success'))),
  );
  expect(await model.runs()).toEqual(GOOD);
  expect(calls.filter((call) => call.includes(ARM))).toEqual([]);
});

test('reality 10: one that a person armed is merged once, whoever is first, and settled', async () => {
  const model = await stories.plant('armed');
  stories.repository.settings.allowAutoMerge = true;
  stories.repository.rules({ checks: { required: [{ context: 'ci' }] } });
  await stories.alert(model, { version: BAD.model });
  await asAlice(model, ARM, ', mergeMethod: SQUASH');
  expect(model.pull().autoMerge).toBeDefined();
  const told = await stories.after(() =>
    stories.repository.status(model.pull().head, 'ci', 'success'),
  );
  expect(told.filter((one) => one.includes(' merged '))).toHaveLength(1);
  expect(await model.runs()).toEqual(GOOD);
  const rollbacks = (await stories.repository.log()).filter(({ message }) =>
    message.includes(`Lastgood-Target: ${model.target}`),
  );
  expect(rollbacks).toHaveLength(1);
});

describe('reality 11: where a merge queue is required', () => {
  /** A rollback that Lastgood has put into the queue. */
  const queued = async (name: string, severity: 'critical' | 'medium' = 'critical') => {
    const model = await stories.plant(name);
    stories.repository.rules({
      mergeQueue: { method: 'squash' },
      checks: { required: [{ context: 'ci' }] },
    });
    await stories.alert(model, { severity });
    if (severity === 'medium') {
      await stories.after(() =>
        stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
      );
    }
    expect(model.pull().queued?.by.login).toBe('lastgood[bot]');
    return model;
  };
  const check = (model: Model, state: 'success' | 'failure') =>
    stories.repository.status(model.pull().queued?.headCommit ?? '', 'ci', state);
  const run = () => stories.after(() => stories.repository.runQueue());

  test('it is put there, and settled when the queue has merged it', async () => {
    const model = await stories.plant('queued');
    stories.repository.rules({
      mergeQueue: { method: 'squash' },
      checks: { required: [{ context: 'ci' }] },
    });
    let told: string[] = [];
    const calls = await stories.callsOf(async () => (told = await stories.alert(model)));
    expect(told.at(-1)).toMatchInlineSnapshot(
      `"Pull request #N is in the merge queue. GitHub merges it when its turn has come and the checks pass there."`,
    );
    expect(calls.slice(0, 3)).toMatchInlineSnapshot(`
      [
        "createRef + createCommitOnBranch + createPullRequest",
        "PUT /pulls/N/merge",
        "enqueuePullRequest",
      ]
    `);
    expect(await run()).toEqual([]);
    await stories.after(() => check(model, 'success'));
    expect(await run()).toEqual(['Pull request #N merged by itself, as the policy allows.']);
    expect(await model.runs()).toEqual(GOOD);
    expect(model.pull().body).toMatch(/\*\*Now:\*\* is merged as [0-9a-f]{12} by itself/);
    const [merged] = await stories.repository.log('main', 1);
    expect(merged?.message).toContain(`Lastgood-Target: ${model.target}`);
  });

  test('what was approved says so when the queue has merged it', async () => {
    const model = await queued('queued-approved', 'medium');
    await check(model, 'success');
    expect(await run()).toEqual(['Pull request #N merged as approved.']);
  });

  test('a hold takes it out, and it goes back when that is lifted', async () => {
    const model = await queued('queued-held');
    const { number } = model.pull();
    const say = (text: string) =>
      stories.after(() => stories.as('alice').comment(stories.repository, number, text));
    await say('/hold Not yet');
    expect(model.pull()).toMatchObject({ state: 'open', queued: undefined });
    await say('/unhold Go on');
    expect(model.pull().queued?.by.login).toBe('lastgood[bot]');
    await check(model, 'success');
    expect(await run()).toEqual(['Pull request #N merged by itself, as the policy allows.']);
  });

  test('the alert resolves: it is taken out and waits for an approval', async () => {
    const model = await queued('queued-resolved');
    const at = stories.time.clock();
    const told = await stories.alert(model, { status: 'resolved', endsAt: at });
    expect(told.at(-1)).toContain('waits for an approval, because its alert resolved');
    expect(model.pull()).toMatchObject({ state: 'open', queued: undefined });
    await stories.after(() =>
      stories.as('alice').closePull(stories.repository, model.pull().number),
    );
  });

  test('what a person put there is left there', async () => {
    const model = await stories.plant('queued-by-alice');
    stories.repository.rules({ mergeQueue: { method: 'squash' } });
    await stories.alert(model, { severity: 'medium' });
    await asAlice(model, 'enqueuePullRequest');
    expect(model.pull().queued?.by.login).toBe('alice');
    expect(await run()).toEqual(['Pull request #N merged by a person.']);
    expect(await model.runs()).toEqual(GOOD);
  });

  test('what fails there is not put back, until somebody does', async () => {
    const model = await queued('queued-failing');
    await check(model, 'failure');
    const told = (await run()).map((one) => one.replace(/\(http\S+\)/, '(<url>)'));
    expect(told).toMatchInlineSnapshot(`
      [
        "Pull request #N for production/queued-failing may be merged, and GitHub does not merge it (<url>). It was taken out of the merge queue (failed\\_checks), and Lastgood does not put it back by itself. Add it again, let Lastgood bypass the rule, or close this pull request.",
        "Pull request #N was taken out of the merge queue (failed\\_checks), and Lastgood does not put it back by itself. Add it again, let Lastgood bypass the rule, or close this pull request.",
      ]
    `);
    expect(model.pull().queued).toBeUndefined();
    await stories.alert(model, { name: 'Again' });
    await stories.after(() => stories.stage.serving.sweep());
    await stories.after(() => stories.stage.restart());
    expect(model.pull().queued).toBeUndefined();
    await asAlice(model, 'enqueuePullRequest');
    await check(model, 'success');
    expect(await run()).toEqual(['Pull request #N merged by a person.']);
  });

  test('what a person took out stays out', async () => {
    const model = await queued('queued-taken-out');
    await asAlice(model, 'dequeuePullRequest');
    await stories.alert(model, { name: 'Again' });
    expect(model.pull()).toMatchObject({ state: 'open', queued: undefined });
    expect(model.pull().body).toContain('was taken out of the merge queue (manual)');
    await stories.after(() =>
      stories.as('alice').closePull(stories.repository, model.pull().number),
    );
  });

  test('a newer release ends it there as well', async () => {
    const model = await queued('queued-over');
    await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
    expect(model.pull()).toMatchObject({ state: 'closed', queued: undefined });
  });

  test('the delivery of the merge got lost: the sweep settles it', async () => {
    const model = await queued('queued-lost');
    await check(model, 'success');
    stories.hub.faults.deliveries('lose');
    await stories.after(() => stories.repository.runQueue());
    stories.hub.faults.clear();
    expect(await stories.after(() => stories.stage.serving.sweep())).toEqual([
      'Pull request #N merged by itself, as the policy allows.',
    ]);
  });

  test('the answer of the queue gets lost: it is there all the same', async () => {
    const model = await stories.plant('queued-unheard');
    stories.repository.rules({ mergeQueue: { method: 'squash' } });
    stories.hub.faults.once({ field: 'enqueuePullRequest', when: 'after', answer: 'reset' });
    const told = await stories.alert(model);
    expect(told.at(-1)).toContain('is in the merge queue.');
    expect(await run()).toEqual(['Pull request #N merged by itself, as the policy allows.']);
  });
});

test('reality 27: its own branch, pull request, comment and merge lead to nothing', async () => {
  const model = await stories.plant('echo');
  const from = stories.hub.deliveries.length;
  const calls = await stories.callsOf(() => stories.alert(model, { version: BAD.model }));
  const own = stories.hub.deliveries
    .slice(from)
    .filter(({ payload }) => JSON.stringify(payload['sender']).includes('lastgood[bot]'));
  expect(own.map(({ event }) => event)).toEqual(expect.arrayContaining(['push', 'pull_request']));
  expect(calls.slice(0, 4)).toEqual([
    'createRef + createCommitOnBranch + createPullRequest',
    'PUT /pulls/N/merge',
    'DELETE /git/refs/heads%2Flastgood…',
    'POST /issues/N/labels',
  ]);
  // What was rolled back from is quarantined, on a branch that may have to be made, and what was written is looked at.
  const quarantining = new Set(['POST /git/refs', 'createCommitOnBranch', 'node']);
  expect(calls.slice(4).filter((call) => !quarantining.has(call))).toEqual([]);
});

test('reality 27: what an alert says is quoted so that it commands and calls nobody', async () => {
  const model = await stories.plant('hostile');
  await stories.alert(model, {
    name: 'Scores\n/rollback everything',
    summary: 'Bad\n/approve\n@acme/everyone <!-- closes #1 -->\r\n/unhold',
  });
  const { body, title } = model.pull();
  expect(body).toContain('rollback everything');
  for (const text of [body, title]) {
    expect(text).not.toMatch(/^\s*\/(?:rollback|approve|unhold)/m);
    expect(text).not.toMatch(/(?<![\w`\\/])@acme\/everyone/);
    expect(text).not.toContain('<!-- closes');
  }
});
