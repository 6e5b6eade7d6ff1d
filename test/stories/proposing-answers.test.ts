import { afterEach, expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { MINUTE, SECOND } from '../../src/time.ts';
import { BAD, featuresText, GOOD, modelText, useStories } from './support.ts';

const stories = useStories();
const PROPOSE = { field: 'createPullRequest' };
const MERGED = 'Pull request #N merged by itself, as the policy allows.';

afterEach(() => {
  stories.hub.faults.clear();
});

test('reality 32: the answer of the combined request gets lost: what it made is used', async () => {
  const model = await stories.plant('lost-answer');
  stories.hub.faults.once({ ...PROPOSE, when: 'after', answer: 'reset' });
  const told = await stories.alert(model);
  expect(told).toContain('Pull request #N for this rollback was there already and is continued.');
  expect(told.at(-1)).toBe(MERGED);
  expect(model.pulls()).toHaveLength(1);
});

test('reality 29: GraphQL answers 200 with an error: made step by step', async () => {
  const model = await stories.plant('went-wrong');
  stories.hub.faults.once({ ...PROPOSE, answer: TROUBLE.graphqlWentWrong });
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
  expect(model.pulls()).toHaveLength(1);
});

test.each(['createRef', 'createCommitOnBranch', 'createPullRequest'])(
  'reality 32: only %s fails: the missing part is made',
  async (field) => {
    const model = await stories.plant(`without-${field.toLowerCase()}`);
    const message = 'Something went wrong while executing your query.';
    stories.hub.faults.once({ field, answer: { type: 'INTERNAL', message } });
    expect((await stories.alert(model)).at(-1)).toBe(MERGED);
    expect(model.pulls()).toHaveLength(1);
    expect(await model.runs()).toEqual(GOOD);
  },
);

test('reality 19: the branch is there already, with nothing on it: it is used', async () => {
  const model = await stories.plant('branch-there');
  const branch = `lastgood/production/branch-there/${model.bad}`;
  await stories.as('bob').push(stories.repository, branch, { message: 'Empty', files: {} });
  await stories.as('bob').forcePush(stories.repository, branch, model.bad);
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
});

test('the branch is there with something else on it: it is left alone, and people are told', async () => {
  const model = await stories.plant('branch-taken');
  const branch = `lastgood/production/branch-taken/${model.bad}`;
  await stories.as('bob').push(stories.repository, branch, {
    message: 'Mine',
    files: { [model.file]: modelText('branch-taken', '1.9') },
  });
  const head = stories.repository.head(branch);
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for branch-taken did not work. The branch lastgood/production/branch-taken/<commit> stands at <commit> with another content than this rollback's, and was left as it is. Merge it, or delete it; then the next notification of the alert opens the rollback."`,
  );
  expect(stories.repository.head(branch)).toBe(head);
  expect(model.pulls().every(({ state }) => state === 'closed')).toBe(true);
  expect(await model.runs()).toEqual(BAD);
});

test.each([
  ['while Lastgood runs', undefined],
  ['after a restart', { loseDatabase: false }],
  ['after a restart with the database lost', { loseDatabase: true }],
])(
  'the pull request that Lastgood withdrew from a taken branch is nobody’s no: deleted %s, the next notification opens the rollback',
  async (_, restart) => {
    const model = await stories.plant(`withdrawn-${restart?.loseDatabase ?? 'running'}`);
    const branch = `lastgood/production/${model.name}/${model.bad}`;
    await stories.as('bob').push(stories.repository, branch, {
      message: 'Mine',
      files: { [model.file]: modelText(model.name, '1.9') },
    });
    await stories.alert(model);
    const [withdrawn] = model.pulls();
    expect(withdrawn?.state).toBe('closed');
    expect(withdrawn?.body).toContain(
      '**Now:** was withdrawn by Lastgood right after it was opened',
    );
    if (restart) await stories.after(() => stories.stage.restart(restart));
    await stories.pass(MINUTE);
    await stories.alert(model);
    expect(model.pulls()).toHaveLength(1);
    await stories.as('bob').deleteBranch(stories.repository, branch);
    await stories.pass(MINUTE);
    expect((await stories.alert(model)).at(-1)).toBe(MERGED);
    expect(await model.runs()).toEqual(GOOD);
  },
);

test('reality 19: what stands there is exactly the plan, and somebody else opened its pull request: left to people', async () => {
  const model = await stories.plant('opened-by-another');
  const branch = `lastgood/production/opened-by-another/${model.bad}`;
  await stories.as('bob').push(stories.repository, branch, {
    message: 'Roll back',
    files: {
      [model.file]: modelText('opened-by-another', GOOD.model),
      [model.featuresFile]: featuresText('opened-by-another', GOOD.features),
    },
  });
  const { number } = await stories
    .as('bob')
    .openPull(stories.repository, { head: branch, title: 'Roll back', body: 'Trust me' });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for opened-by-another did not work. Pull request #N of the branch lastgood/production/opened-by-another/<commit> was opened by bob and not by Lastgood, and was left as it is. Merge it, or close it; then the next notification of the alert opens the rollback."`,
  );
  expect(model.pulls()).toMatchObject([{ number, state: 'open' }]);
  await stories.as('bob').closePull(stories.repository, number);
  await stories.pass(MINUTE);
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
});

test('reality 20: GitHub limits the App before anything is made: the alert is not forgotten', async () => {
  const model = await stories.plant('limited-early');
  stories.hub.faults.once({ ...PROPOSE, answer: TROUBLE.secondaryLimit(60) });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for limited-early did not work. GitHub limits the App's requests: nothing may be sent for 60 s. Lastgood tries again in 1m."`,
  );
  expect(await stories.pass(59 * SECOND)).toEqual([]);
  expect((await stories.pass(2 * SECOND)).at(-1)).toBe(MERGED);
});

test('reality 20: a push that is told while GitHub limits the App is followed when that is over', async () => {
  const model = await stories.plant('pushed-while-limited');
  await stories.alert(model, { severity: 'medium' });
  stories.hub.faults.once({ path: /\/access_tokens$/, answer: TROUBLE.secondaryLimit(60) });
  const told = await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  expect(told).toMatchInlineSnapshot(`
    [
      "Following a push did not work. GitHub limits the App's requests: nothing may be sent for 60 s. Lastgood tries again in 1m.",
    ]
  `);
  expect(model.pull().state).toBe('open');
  await stories.pass(58 * SECOND);
  expect(model.pull().state).toBe('open');
  await stories.pass(3 * SECOND);
  expect(model.pull().state).toBe('closed');
});

test('reality 20: so is a reopening', async () => {
  const model = await stories.plant('reopened-while-limited');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  await stories.after(() => stories.as('alice').closePull(stories.repository, number));
  stories.hub.faults.once({ field: 'node', answer: TROUBLE.secondaryLimit(60) });
  await stories.after(() => stories.as('alice').reopenPull(stories.repository, number));
  const told = await stories.pass(61 * SECOND);
  expect(told.at(-1)).toContain('waits for an approval, because it was closed and reopened');
});

test('the alert resolves while GitHub is not there: nothing is opened afterwards', async () => {
  const model = await stories.plant('over-by-then');
  stories.hub.faults.once({ ...PROPOSE, answer: TROUBLE.secondaryLimit(600) });
  const startsAt = stories.time.clock() - 7 * MINUTE;
  await stories.alert(model, { startsAt });
  await stories.pass(MINUTE);
  await stories.alert(model, { startsAt, status: 'resolved', endsAt: stories.time.clock() });
  const told = await stories.pass(10 * MINUTE);
  expect(told.filter((one) => one.includes(model.target))).toEqual([]);
  expect(model.pulls()).toEqual([]);
});

test('what only helps people fails: the incident ends all the same', async () => {
  const model = await stories.plant('no-labels');
  stories.hub.faults.once({ path: /\/labels$/, answer: TROUBLE.badGateway });
  stories.hub.faults.once({ method: 'DELETE', answer: TROUBLE.badGateway });
  const told = await stories.alert(model);
  expect(told).toContain(MERGED);
  expect(told.slice(-2)).toMatchInlineSnapshot(`
    [
      "Deleting the branch lastgood/production/no-labels/<commit> did not work. GitHub did not answer when asked to delete the branch lastgood/production/no-labels/<commit> (status 502). Lastgood tries again in 30s.",
      "Labelling pull request #N did not work. GitHub did not answer when asked to label pull request #N (status 502). Lastgood tries again in 30s.",
    ]
  `);
  await stories.pass(MINUTE);
  expect([...model.pull().labels]).toContain('rollback');
  expect(stories.repository.branches()).not.toContain(model.pull().headRef);
});
