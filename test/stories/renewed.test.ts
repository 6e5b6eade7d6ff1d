/** The default branch moves on around the pins while a rollback is open: it is planned again on the newest commit. */
import { afterEach, expect, test } from 'vitest';
import { MINUTE } from '../../src/time.ts';
import { BAD, GOOD, modelText, useStories, type Model } from './support.ts';

const stories = useStories();
afterEach(() => stories.repository.clearRules());

/** The line of the model's pin with another comment: the bad version still runs, and git finds a conflict. */
const touched = (model: Model): string =>
  modelText(model.name, BAD.model).replace('by pull request only', 'by CI');

function touch(model: Model): Promise<string> {
  return stories.repository.commit({
    by: 'bob',
    message: 'Say where it comes from',
    files: { [model.file]: touched(model) },
  });
}

const expected = (model: Model): string =>
  touched(model).replace(`/${BAD.model}/`, `/${GOOD.model}/`);

/** What is told until nothing is left to look at again. */
async function toTheEnd(told: readonly string[]): Promise<string[]> {
  const all = [...told];
  for (let minutes = 0; minutes < 10 && (await stories.isSomethingDue()); minutes += 1) {
    all.push(...(await stories.pass(MINUTE)));
  }
  return all;
}

const TWO = { approvals: { required: 2, from: ['@acme/fraud-ml', '@acme/sre'] } };

const approve = (model: Model, login: string) =>
  stories.after(() => stories.as(login).review(stories.repository, model.pull().number, 'approve'));

test('while it waits for review: planned again, the approval falls visibly, and new ones merge it', async () => {
  const model = await stories.plant('renewed', { production: TWO });
  await stories.alert(model, { severity: 'medium', version: BAD.model });
  const { number, head } = model.pull();
  await approve(model, 'alice');
  let base = '';
  const told = await toTheEnd(
    await stories.after(async () => {
      base = await touch(model);
    }),
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N was planned again on <commit>, because the default branch has moved on: the same versions, the same pins, in \`models/renewed/model.yaml\`, \`models/renewed/features.yaml\` as they are now. 1 other change to its files since the last good release stays as it is. Approvals given before do not count for the new commit; review again.",
      "Pull request #N waits for review. 0 of 2 approvals. 2 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it was given for an earlier state of the pull request; review again.",
    ]
  `);
  expect(model.pulls()).toHaveLength(1);
  expect(model.pull()).toMatchObject({ number, state: 'open' });
  expect(model.pull().head).not.toBe(head);
  const [commit] = await stories.repository.log(model.pull().headRef, 1);
  expect(commit?.parents).toEqual([base]);
  expect(commit?.message).toContain(`Lastgood-Base: ${base}`);
  expect(model.pull().body).toContain('it was given for an earlier state');

  await approve(model, 'alice');
  expect(await approve(model, 'bob')).toEqual(['Pull request #N merged as approved.']);
  expect(await stories.repository.read(model.file)).toBe(expected(model));
  expect(await model.runs()).toEqual(GOOD);
});

test('what a person pushed to the branch is never overwritten', async () => {
  const model = await stories.plant('renewed-not', { production: TWO });
  await stories.alert(model, { severity: 'medium', version: BAD.model });
  const pushed = { message: 'And this', files: { 'docs/x.md': 'x\n' } };
  await stories.after(() =>
    stories.as('bob').push(stories.repository, model.pull().headRef, pushed),
  );
  const { head } = model.pull();
  await toTheEnd(await stories.after(() => touch(model)));
  expect(model.pull()).toMatchObject({ state: 'open', head });
  expect(model.pull().body).toContain('somebody pushed to its branch');
});

test('a person pushes in the very moment: theirs stays, and it is told', async () => {
  const model = await stories.plant('renewed-race', { production: TWO });
  await stories.alert(model, { severity: 'medium', version: BAD.model });
  const branch = model.pull().headRef;
  let head: string | undefined;
  const stop = stories.hub.onCall(async (phase, call) => {
    if (phase !== 'before' || call.kind !== 'graphql' || !call.fields.includes('updateRefs'))
      return;
    stop();
    await stories
      .as('bob')
      .push(stories.repository, branch, { message: 'And this', files: { 'docs/y.md': 'y\n' } });
    head = stories.repository.head(branch);
  });
  await toTheEnd(await stories.after(() => touch(model)));
  expect(head).toBeDefined();
  expect(model.pull()).toMatchObject({ state: 'open', head });
  expect(model.pull().body).toContain('somebody pushed to its branch');
});

test.each(['before', 'after'] as const)(
  'the process dies %s the branch is moved: the next one goes on with what stands there',
  async (moment) => {
    const model = await stories.plant(`renewed-${moment}`, { production: TWO });
    await stories.alert(model, { severity: 'medium', version: BAD.model });
    const { head } = model.pull();
    const stop = stories.hub.onCall((phase, call) => {
      const cut = call.kind === 'graphql' && call.fields.includes('updateRefs');
      return cut && phase === moment ? 'reset' : undefined;
    });
    await stories.after(() => touch(model));
    await stories.stage.restart();
    stop();
    await toTheEnd(await stories.after(() => stories.stage.serving.sweep()));
    expect(model.pulls()).toHaveLength(1);
    expect(model.pull().head).not.toBe(head);
    await approve(model, 'alice');
    expect(await approve(model, 'bob')).toEqual(['Pull request #N merged as approved.']);
    expect(await stories.repository.read(model.file)).toBe(expected(model));
  },
);

test('a rule asks for the newest commit: planned again on it, and merged when the checks of that pass', async () => {
  const model = await stories.plant('up-to-date');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }], strict: true } });
  await stories.alert(model, { version: BAD.model });
  const { head } = model.pull();
  await stories.after(() =>
    stories.repository.commit({ by: 'bob', message: 'Other', files: { 'docs/z.md': 'z\n' } }),
  );
  const behind = await stories.after(() => stories.repository.status(head, 'validate', 'success'));
  expect(behind).toMatchInlineSnapshot(`
    [
      "Pull request #N was planned again on <commit>, because the default branch has moved on: the same versions, the same pins, in \`models/up-to-date/model.yaml\`, \`models/up-to-date/features.yaml\` as they are now. Approvals given before do not count for the new commit; review again.",
    ]
  `);
  expect(model.pull().head).not.toBe(head);
  const told = await stories.after(() =>
    stories.repository.status(model.pull().head, 'validate', 'success'),
  );
  expect(told).toEqual(['Pull request #N merged by itself, as the policy allows.']);
  expect(await model.runs()).toEqual(GOOD);
  expect(await stories.repository.read('docs/z.md')).toBe('z\n');
});

test('GitHub does not let the branch be moved: people are told why', async () => {
  const model = await stories.plant('renewed-in-vain', { production: TWO });
  await stories.alert(model, { severity: 'medium', version: BAD.model });
  stories.hub.faults.once({
    field: 'updateRefs',
    answer: { type: 'UNPROCESSABLE', message: 'Cannot force-push to this branch' },
  });
  const { head } = model.pull();
  const told = await toTheEnd(await stories.after(() => touch(model)));
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N cannot be merged: the default branch changed the same lines. Set the pins there by hand, or close this pull request. It could not be planned again on the newest commit: GitHub refused to put the branch on the newest commit in acme/ml-manifests: Cannot force-push to this branch",
    ]
  `);
  expect(model.pull().head).toBe(head);
});
