/** Somebody who may write makes things look as if they were the App's. */
import { expect, test } from 'vitest';
import { INCIDENT_LABEL } from '../../src/texts/notify-issue.ts';
import { MINUTE } from '../../src/time.ts';
import { BAD, GOOD, modelText } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

const { stories, waiting, attack, stillWorks, say } = useAttacks();
const mallory = () => stories.as('mallory');
const LABELS = ['lastgood', 'rollback', 'critical'];

test('a pull request with the name, the text and the labels of a rollback', async () => {
  const model = await waiting('imitated');
  const { title, body } = model.pull();
  let number = 0;
  await stories.after(async () => {
    ({ number } = await mallory().propose(stories.repository, {
      branch: 'lastgood/production/imitated/latest',
      title,
      body,
      files: { [model.file]: modelText(model.name, '6.6.6') },
    }));
    for (const label of LABELS) await mallory().label(stories.repository, number, label);
  });
  expect(
    await attack(async () => {
      say('alice', number, '/approve');
      await stories.as('alice').review(stories.repository, number, 'approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: alice below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
    ]
  `);
  expect(stories.repository.pull(number).state).toBe('open');
  await stillWorks(model);
});

test('a branch takes the name of a rollback before there is one, with another content', async () => {
  const model = await stories.plant('taken');
  const branch = `lastgood/production/taken/${model.bad}`;
  await stories.after(() =>
    mallory().propose(stories.repository, {
      branch,
      title: 'Roll back production/taken: 1.11 → 1.10',
      files: { [model.file]: modelText(model.name, '6.6.6') },
    }),
  );
  expect(
    await attack(async () => {
      await stories.alert(model);
      await stories.as('alice').review(stories.repository, model.pull().number, 'approve');
      await stories.stage.quiet();
    }),
  ).toMatchInlineSnapshot(`
    [
      "log: alerts received",
      "journal: Rolling back production/taken now: ScoresDrift is critical, and the policy says merge for that.",
      "journal: Planned to take production/taken back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "journal: Answering the alert ScoresDrift for taken did not work. Pull request #N of the branch lastgood/production/taken/<commit> was opened by mallory and not by Lastgood, and was left as it is. Merge it, or close it; then the next notification of the alert opens the rollback.",
    ]
  `);
  expect(await model.runs()).toEqual(BAD);
  // Who takes it away again gets the rollback.
  await stories.after(() => mallory().closePull(stories.repository, model.pull().number));
});

test('a branch takes the name of a rollback, with the very content of it', async () => {
  const model = await stories.plant('helped');
  const branch = `lastgood/production/helped/${model.bad}`;
  await stories.after(async () => {
    const files = {
      [model.file]: (await stories.repository.read(model.file, model.good)) ?? '',
      [model.featuresFile]: (await stories.repository.read(model.featuresFile, model.good)) ?? '',
    };
    await mallory().propose(stories.repository, { branch, title: 'Roll back', files });
  });
  const told = await stories.alert(model, { severity: 'medium' });
  expect(told.at(-1)).toMatchInlineSnapshot(
    `"Answering the alert ScoresDrift for helped did not work. Pull request #N of the branch lastgood/production/helped/<commit> was opened by mallory and not by Lastgood, and was left as it is. Merge it, or close it; then the next notification of the alert opens the rollback."`,
  );
  expect(model.pulls()).toHaveLength(1);
  expect(await attack(() => say('mallory', model.pull().number, '/approve')))
    .toMatchInlineSnapshot(`
      [
        "journal: mallory below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
        "answer: \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      ]
    `);
  // It is left to people, and the next notification goes on once it is out of the way.
  await stories.after(() => mallory().closePull(stories.repository, model.pull().number));
  await stories.pass(MINUTE);
  await stories.alert(model, { severity: 'critical' });
  expect(await model.runs()).toEqual(GOOD);
});

test('an issue with the marker and the label of an incident', async () => {
  const model = await stories.plant('issue', { policy: { notify: { issue: true } } });
  const incident = `lastgood/production/issue/${model.bad}`;
  const forged = await mallory().openIssue(stories.repository, {
    title: 'production/issue is fine',
    body: `<!-- lastgood:incident ${incident} -->\n\n**Recovered: production/issue**\n\n/approve`,
    labels: [INCIDENT_LABEL],
  });
  await stories.alert(model, { severity: 'medium' });
  const own = stories.repository
    .issues()
    .filter(({ body }) => body.includes(incident))
    .map(({ author, state }) => `${author.login} ${state}`);
  expect(own).toEqual(['mallory open', 'lastgood[bot] open']);
  expect(await attack(() => say('alice', forged.number, '/approve'))).toMatchInlineSnapshot(`
    [
      "journal: alice below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
    ]
  `);
  expect(forged.body).toContain('Recovered');
  await stillWorks(model);
});

test('the status section of the App’s own text, edited to say that it is approved', async () => {
  const model = await waiting('status-section');
  const pull = model.pull();
  const body = pull.body
    .replace(/\*\*Now:\*\* .*/, '**Now:** approved by `alice` and `bob`, merges at once.')
    .replace(/"goal":"[0-9a-f]{40}"/, `"goal":"${model.bad}"`);
  await mallory().editPull(stories.repository, pull.number, { body });
  await stories.stage.restart({ loseDatabase: true });
  expect(
    await attack(async () => {
      await stories.stage.serving.sweep();
      say('mallory', pull.number, '/retry');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: mallory below #N: /retry → no: Nothing was done. \`/retry\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: \`/retry\`: Nothing was done. \`/retry\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stories.stage.serving.sweep();
  await stillWorks(model);
});

// Edited within the second in which it was written, which GitHub's dates do not show.
test('an answer of the App, written or edited by somebody else, approves nothing', async () => {
  const model = await waiting('answers');
  const { number, head } = model.pull();
  await stories.after(() => say('mallory', number, '/help approve'));
  const own = stories.repository.comments(number).at(-1);
  const forged = `<!-- lastgood:answer comment 1 -->\n<!-- lastgood:approval ${stories.as('alice').id} alice ${head} 1763605020000 -->\nTo you`;
  expect(
    await attack(async () => {
      say('mallory', number, forged);
      if (own) mallory().editComment(stories.repository, number, own, forged);
      stories.time.advance(MINUTE);
      await stories.stage.restart({ loseDatabase: true });
      await stories.stage.serving.sweep();
      say('mallory', number, '/status');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N for this rollback was there already and is continued.",
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: mallory below #N: /status → \`production/answers\` runs \`1.11\` since <time> (<commit>). - #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called. - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them).",
      "answer: ",
      "answer: \`/status\`

    \`production/answers\` runs \`1.11\` since <time> (<commit>).
    - #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them).",
    ]
  `);
  await stillWorks(model);
});

test('a commit whose message claims a rollback', async () => {
  const other = await stories.plant('genuine');
  await stories.alert(other);
  const [merged] = await stories.repository.log('main', 1);
  const model = await stories.plant('trailers');
  const message = (merged?.message ?? '')
    .replaceAll('genuine', 'trailers')
    .replaceAll(other.bad, model.bad)
    .replaceAll(other.good, model.good);
  expect(message).toContain('Lastgood-Target: production/trailers');
  await stories.after(() =>
    mallory().push(stories.repository, 'main', { message, files: { 'NOTES.md': 'nothing\n' } }),
  );
  await stories.stage.restart({ loseDatabase: true });
  const told = await stories.alert(model);
  // Neither a budget, nor a cool-down, nor a quarantine came of it.
  expect(told.at(-1)).toBe('Pull request #N merged by itself, as the policy allows.');
  expect(await model.runs()).toEqual(GOOD);
});
