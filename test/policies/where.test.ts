import { expect, test } from 'vitest';
import { SECOND } from '../../src/time.ts';
import { BAD, GOOD, useStories } from '../stories/support.ts';
import { commitFiles, editedPolicy } from './support.ts';

const stories = useStories();
const REVIEW_ONLY = 'respond: { critical: review, high: review, medium: review, low: review }\n';
const ALL_MERGE = 'respond: { critical: merge, high: merge, medium: merge, low: merge }\n';

test('only the default branch counts: neither another branch nor an open pull request loosens a policy', async () => {
  const model = await stories.plant('strict', { policy: { extends: 'review-only' } });
  const loose = await editedPolicy(stories, model, (text) => `${text}${ALL_MERGE}`);
  expect(await commitFiles(stories, loose, 'loose')).toEqual([]);
  const pull = await stories
    .as('mallory')
    .openPull(stories.repository, { head: 'loose', title: 'Trust me' });
  await stories.after(() => undefined);

  const told = await stories.alert(model);
  expect(told[0]).toMatch(/^Opening a rollback of production\/strict for review: /);
  expect(await model.runs()).toEqual(BAD);
  expect(model.pull().state).toBe('open');

  // Merged, it holds for what comes next, not for what waits.
  await stories.after(() => stories.as('bob').mergePull(stories.repository, pull.number));
  expect(model.pull().state).toBe('open');
  expect(await model.runs()).toEqual(BAD);
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  expect(await model.runs()).toEqual(GOOD);
});

test('a rollback branch cannot bring a policy of its own', async () => {
  const model = await stories.plant('smuggled', { policy: { extends: 'review-only' } });
  await stories.alert(model);
  const branch = model.pull().headRef;
  const loose = await editedPolicy(stories, model, (text) => `${text}${ALL_MERGE}`);
  const told = await stories.after(() =>
    stories.as('mallory').push(stories.repository, branch, { message: 'Hurry', files: loose }),
  );
  expect(told.join('\n')).toContain('somebody pushed to its branch');
  expect(await model.runs()).toEqual(BAD);
});

test('a preset of the repository holds for whoever extends it, and so does its mistake', async () => {
  const preset = '.lastgood/presets/careful.yaml';
  await commitFiles(stories, { [preset]: `extends: online-critical\n${REVIEW_ONLY}` });
  const [first, second, other] = [
    await stories.plant('first-careful', { policy: { extends: 'careful' } }),
    await stories.plant('second-careful', { policy: { extends: 'careful' } }),
    await stories.plant('not-careful'),
  ];
  expect((await stories.alert(first))[0]).toMatch(/^Opening a rollback .* for review: /);

  const told = await commitFiles(stories, { [preset]: `extends: online-critical\nrespnd: {}\n` });
  expect(told).toMatchInlineSnapshot(`
    [
      ".lastgood/presets/careful.yaml:2:1: unknown key "respnd"; expected one of extends, respond, evidence, target, limits, approvals, breakGlass, onReturn, suspendAutomation, check, notify, verify, drills, server, monitors, backtest, ladder, retrain, fallback; did you mean \`respond\`",
      ".lastgood/first-careful.yaml:1:10: the preset "careful" has a mistake at .lastgood/presets/careful.yaml:2:1; mend the preset, or extend another one",
      ".lastgood/second-careful.yaml:1:10: the preset "careful" has a mistake at .lastgood/presets/careful.yaml:2:1; mend the preset, or extend another one",
      "Pull request #N waits, because no valid policy file on the default branch claims its target any more. Mend the policy file, or merge or close it yourself.",
    ]
  `);
  expect(await stories.alert(second)).toMatchInlineSnapshot(`
    [
      "People are needed for second-careful in production: its policy file .lastgood/second-careful.yaml has a mistake, so no rollback happens. .lastgood/second-careful.yaml:1:10: the preset "careful" has a mistake at .lastgood/presets/careful.yaml:2:1; mend the preset, or extend another one. Run lastgood validate, and mend the file.",
    ]
  `);
  await stories.alert(other);
  expect(await other.runs()).toEqual(GOOD);

  await commitFiles(stories, { [preset]: `extends: online-critical\n${ALL_MERGE}` });
  await stories.pass(6 * SECOND);
  await stories.alert(second);
  expect(await second.runs()).toEqual(GOOD);
});

test('a preset that extends itself is told, and takes out whoever extends it', async () => {
  const files = {
    '.lastgood/presets/one.yaml': 'extends: two\n',
    '.lastgood/presets/two.yaml': 'extends: one\n',
  };
  const told = await commitFiles(stories, files);
  expect(told.join('\n')).toMatch(/one.*two|two.*one/);
  const model = await stories.plant('circular', { policy: { extends: 'one' } });
  expect((await stories.alert(model))[0]).toMatch(/^People are needed for circular/);
  await commitFiles(stories, {
    '.lastgood/presets/one.yaml': null,
    '.lastgood/presets/two.yaml': null,
    [model.policyFile]: null,
  });
});

test('a policy in a folder of its own is told, not passed over', async () => {
  const text = 'model: hidden\nenvironments: {}\n';
  const told = await commitFiles(stories, { '.lastgood/teams/hidden.yaml': text });
  expect(told.join('\n')).toContain('move it to .lastgood/hidden.yaml');
  await commitFiles(stories, { '.lastgood/teams/hidden.yaml': null });
});

test('the policy goes away between plan and merge: the pull request waits and says so', async () => {
  const model = await stories.plant('orphaned', { policy: { extends: 'review-only' } });
  await stories.alert(model);
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const number = model.pull().number;
  expect(await commitFiles(stories, { [model.policyFile]: null })).toMatchInlineSnapshot(`
    [
      "Pull request #N waits, because no valid policy file on the default branch claims its target any more. Mend the policy file, or merge or close it yourself.",
    ]
  `);
  expect(model.pull().body).toContain(
    'no valid policy file on the default branch claims its target',
  );

  // Nobody can say whose approval counts.
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(await model.runs()).toEqual(BAD);
  expect(model.pull().state).toBe('open');

  // It comes back, for another owner: the approval of somebody else does not count.
  const others = text
    .replaceAll('@acme/fraud-ml', '@acme/recsys')
    .replace(/ *- "@acme\/sre"\n/, '');
  const told = await commitFiles(stories, { [model.policyFile]: others });
  expect(told.join('\n')).toContain('waits for review');
  expect(await model.runs()).toEqual(BAD);
  await stories.after(() => stories.as('carol').review(stories.repository, number, 'approve'));
  expect(await model.runs()).toEqual(GOOD);
});

test('the policy is replaced by one for another target: the pull request waits as well', async () => {
  const model = await stories.plant('replaced', { policy: { extends: 'review-only' } });
  await stories.alert(model);
  const renamed = await editedPolicy(stories, model, (text) =>
    text.replace('model: replaced\n', 'model: replacement\n'),
  );
  const told = await commitFiles(stories, renamed);
  expect(told.join('\n')).toContain('no valid policy file');
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  expect(await model.runs()).toEqual(BAD);
});
