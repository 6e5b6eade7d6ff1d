import { afterEach, expect, test } from 'vitest';
import { clientFor } from '../../fixtures/hub/test-hub.ts';
import { BAD, GOOD, useStories, type Model } from '../stories/support.ts';

const stories = useStories();

/** The rules of one test end with it. */
afterEach(() => stories.repository.clearRules());

/** Does something with a pull request that only GraphQL can, as a person in GitHub's pages. */
async function asAlice(model: Model, mutation: string, more = ''): Promise<void> {
  const document = `mutation ($id: ID!) { ${mutation}(input: { pullRequestId: $id${more} }) { clientMutationId } }`;
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

test('reality 11: a merge queue is told, and what people put in the queue is settled when it is merged', async () => {
  const model = await stories.plant('queued');
  stories.repository.rules({
    mergeQueue: { method: 'squash' },
    checks: { required: [{ context: 'ci' }] },
  });
  const told = await stories.alert(model, { version: BAD.model });
  expect(told.at(-1)).toContain('has to go through the merge queue');
  await asAlice(model, 'enqueuePullRequest');
  await stories.repository.status(model.pull().queued?.headCommit ?? '', 'ci', 'success');
  const settled = await stories.after(() => stories.repository.runQueue());
  expect(settled).toEqual(['Pull request #N merged by a person.']);
  expect(await model.runs()).toEqual(GOOD);
});

test('reality 27: its own branch, pull request, comment and merge lead to nothing', async () => {
  const model = await stories.plant('echo');
  const from = stories.hub.deliveries.length;
  const calls = await stories.callsOf(() => stories.alert(model, { version: BAD.model }));
  const own = stories.hub.deliveries
    .slice(from)
    .filter(({ payload }) => JSON.stringify(payload['sender']).includes('lastgood[bot]'));
  expect(own.map(({ event }) => event)).toEqual(expect.arrayContaining(['push', 'pull_request']));
  expect(calls).toEqual([
    'createRef + createCommitOnBranch + createPullRequest',
    'PUT /pulls/N/merge',
    'DELETE /git/refs/heads%2Flastgood…',
    'POST /issues/N/labels',
  ]);
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
