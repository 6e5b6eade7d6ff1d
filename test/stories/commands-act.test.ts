import { expect, test } from 'vitest';
import { readTrailers } from '../../src/journal/read-trailers.ts';
import { MINUTE } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { BAD, GOOD, plain, useStories, type Model } from './support.ts';

const stories = useStories(({ hub, repository }) => {
  hub.user('nora', { name: 'Nora Reader' });
  repository.grant('nora', 'read');
});
const { say, answer, answers, issue } = talkIn(stories);

const status = (model: Model): string =>
  plain(/\*\*Now:\*\* (.*)/.exec(model.pull().body)?.[1] ?? 'none');

const TWO = {
  production: {
    approvals: {
      groups: [
        { name: 'ml', from: ['@acme/fraud-ml'], required: 1 },
        { name: 'sre', from: ['@acme/sre'], required: 1 },
      ],
    },
  },
};

test('approvals by command and by review count together, for the head that stood then', async () => {
  const model = await stories.plant('two-groups', TWO);
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  await say('mallory', number, '/approve');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );
  await say('alice', number, '/approve');
  expect(
    answers(number)
      .at(-1)
      ?.replace(/approval \d+/, 'approval N')
      .replace(/\d{13}/, '<ms>'),
  ).toMatchInlineSnapshot(`
    "<!-- lastgood:answer comment N -->
    <!-- lastgood:approval N alice <commit> <commit> -->
    To \`alice\` for [this](<link>):

    \`/approve\`: Approved as it stands at <commit>. It waits for review. 1 of 2 approvals (\`alice\`). \`ml\`: 1 of 1, complete. \`sre\`: 0 of 1, 1 more needed from \`@acme/sre\`."
  `);
  expect(status(model)).toMatchInlineSnapshot(
    `"waits for review. 1 of 2 approvals (\`alice\`). \`ml\`: 1 of 1, complete. \`sre\`: 0 of 1, 1 more needed from \`@acme/sre\`."`,
  );
  await stories.stage.restart({ loseDatabase: true });
  await stories.pass(MINUTE);
  expect(status(model)).toMatchInlineSnapshot(
    `"waits for review. 1 of 2 approvals (\`alice\`). \`ml\`: 1 of 1, complete. \`sre\`: 0 of 1, 1 more needed from \`@acme/sre\`."`,
  );
  expect(await say('bob', number, '/approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N merged as approved.",
      "bob below #N: /approve → Approved as it stands at <commit>. It is merged.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
});

test('a rejected rollback is a no that is remembered', async () => {
  const model = await stories.plant('rejected');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  expect(await say('bob', number, '/reject The drop is a holiday')).toMatchInlineSnapshot(`
    [
      "Pull request #N was closed by a person. That is a no: it is not opened again for this incident.",
      "bob below #N: /reject The drop is a holiday → #N is closed: The drop is a holiday. That is a no: it is not opened again for this release.",
    ]
  `);
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/reject The drop is a holiday\`: #N is closed: The drop is a holiday. That is a no: it is not opened again for this release."`,
  );
  await stories.pass(MINUTE);
  expect((await stories.alert(model))[0]).toContain('That is a no');
  await say('alice', number, '/rollback rejected --reason "It is the model"');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/rollback rejected --reason "It is the model"\`: Nothing was done. Somebody closed pull request #N for this release, which is a no. Reopen it to go on with it."`,
  );
});

test('somebody asks for a rollback, and somebody else approves it', async () => {
  const model = await stories.plant('asked-for');
  const number = await issue('Scores look odd');
  await say('nora', number, '/rollback asked-for --reason odd');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/rollback asked-for --reason odd\`: Nothing was done. \`/rollback\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );
  expect(
    await say('alice', number, '/rollback asked-for --to 1.9 --reason "Scores drift since noon"'),
  ).toMatchInlineSnapshot(`
    [
      "Planned to take production/asked-for back to the release of <commit>: model 1.11 → 1.9 and features f-11 → f-9.",
      "Pull request #N opened: Roll back production/asked-for: 1.11 → 1.9.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "alice below #N: /rollback asked-for --to 1.9 --reason "Scores drift since noon" → Pull request #N is opened and waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  const pull = model.pull();
  expect(plain(pull.body)).toMatchInlineSnapshot(`
    "<!-- lastgood:status -->
    **Now:** waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.

    **Next:** Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called.
    <!-- /lastgood:status -->

    This takes \`production/asked-for\` from \`1.11\` back to \`1.9\`, the version that was asked for.

    ### Who asked for it

    \`alice\`, at <time>.

    > Scores drift since noon

    ### What happens next

    Lastgood merges this after 1 approval from \`@acme/fraud-ml\` or \`@acme/sre\`: by a review, or by \`/approve\` in a comment here. To stop it, close this pull request: that is a no, and it is not opened again for this release.

    ### What changes

    | Pin | From | To | Where |
    | --- | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.9\` | \`models/asked-for/model.yaml\` line 3 |
    | \`features\` | \`f-11\` | \`f-9\` | \`models/asked-for/features.yaml\` line 3 |

    No other byte changes.

    ### Which part

    The model artifact and feature pipeline changed together, before the first symptom. They go back together.

    - model artifact: \`model\` \`1.9\` → \`1.11\` in <commit>, 5h before the first symptom.
    - feature pipeline: \`features\` \`f-9\` → \`f-11\` in <commit>, 5h before the first symptom.

    The policy pins no serving infrastructure or training data, so a change there would not be seen here.

    ### Bad release

    \`model\` \`1.11\`, \`features\` \`f-11\`, shipped by Erin Castillo in <commit> \`Release asked-for 1.11\`. It has run since <time>.

    ### Last good release

    \`model\` \`1.9\`, \`features\` \`f-9\`, shipped by Alice Okafor in <commit> \`Start asked-for with 1.9\`. It ran from <time> for 11d. It is the version that was asked for.

    ### Passed over

    - \`1.10\`, <commit> \`Release asked-for 1.10\`: It has another version than the one asked for.

    <!-- lastgood {"version":1,"target":"production/asked-for","bad":"<commit>","goal":"<commit>","base":"<commit>"} -->"
  `);
  await say('alice', pull.number, '/approve');
  expect(answer(pull.number)).toMatchInlineSnapshot(
    `"\`/approve\`: Nothing was done. Somebody else than the person who asked for the rollback has to approve."`,
  );
  await stories.after(() => stories.as('alice').review(stories.repository, pull.number, 'approve'));
  expect(status(model)).toMatchInlineSnapshot(
    `"waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: somebody else than the person who asked for the rollback has to approve."`,
  );
  expect(await model.runs()).toEqual(BAD);
  await say('erin', pull.number, '/approve');
  expect(await model.runs()).toEqual({ model: '1.9', features: 'f-9' });
  const [merged] = await stories.repository.log('main', 1);
  const reading = readTrailers(merged?.message ?? '');
  expect(reading.ok && reading.record).toMatchObject({
    requestedBy: { login: 'alice', id: stories.as('alice').id },
    reason: 'Scores drift since noon',
    approvedBy: [{ login: 'erin' }],
  });
});

test('the process dies after it merged and before it answered: nothing is rolled back twice', async () => {
  const model = await stories.plant('glass-crash', { production: { breakGlass: ['@acme/sre'] } });
  const number = await issue('Crash');
  stories.hub.faults.add({ method: 'POST', path: /\/comments$/, times: 12, answer: 'reset' });
  await stories.after(() =>
    stories.as('bob').comment(stories.repository, number, '/rollback glass-crash --now --reason x'),
  );
  await stories.stage.restart();
  await stories.pass(10 * MINUTE);
  expect(answers(number)).toHaveLength(1);
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/rollback glass-crash --now --reason x\`: Pull request #N is opened and merged."`,
  );
  expect(await model.runs()).toEqual(GOOD);
  expect(model.pulls()).toHaveLength(1);
});

test('the glass is broken by those who may, and a review is asked for afterwards', async () => {
  const model = await stories.plant('glass', { production: { breakGlass: ['@acme/sre'] } });
  const number = await issue('Now');
  await say('alice', number, '/rollback glass --now --reason "It burns"');
  expect(answer(number)).toMatchInlineSnapshot(
    `"\`/rollback glass --now --reason "It burns"\`: Nothing was done. \`--now\` takes somebody who may break the glass: \`@acme/sre\`. Leave it out to ask for approvals."`,
  );
  expect(await say('bob', number, '/rollback glass --now --reason "It burns"'))
    .toMatchInlineSnapshot(`
    [
      "Planned to take production/glass back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/glass: 1.11 → 1.10.",
      "Pull request #N merged without an approval, because bob broke the glass.",
      "bob below #N: /rollback glass --now --reason "It burns" → Pull request #N is opened and merged.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  expect(answers(model.pull().number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:review-afterwards -->
    \`bob\` broke the glass: this was merged without an approval. @acme/fraud-ml or @acme/sre, please review it now.",
    ]
  `);
});
