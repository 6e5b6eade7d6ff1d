import { expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { INCIDENT_LABEL } from '../../src/texts/notify-issue.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { talkIn } from './commands-support.ts';
import { GOOD, messageFor, plain, ROOMY, useStories, type Model } from './support.ts';

const stories = useStories();
const talk = talkIn(stories);

/** The calls about a model since some entry, by their keys. */
function calls(model: Model, from = 0): readonly string[] {
  return stories.stage.journal
    .slice(from)
    .flatMap((entry) =>
      entry.kind === 'paged' && entry.sentence.includes(model.name) ? [entry.key] : [],
    );
}

test('what is left to people calls them when it is severe: once for a reason, also over a restart', async () => {
  const spent = { limits: { open: '0 per 24h' } };
  const model = await stories.plant('left-to-people', { production: spent });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/left-to-people: 0 rollbacks of this target were opened within 1d, and the policy allows 0.",
    ]
  `);
  expect(calls(model)).toHaveLength(1);
  await stories.pass(HOUR);
  await stories.alert(model);
  await stories.stage.restart();
  await stories.pass(HOUR);
  await stories.alert(model);
  expect(calls(model)).toHaveLength(1);
  await stories.alert(model, { status: 'resolved' });
  await stories.pass(HOUR);
  await stories.alert(model);
  expect(new Set(calls(model)).size).toBe(2);

  const mild = await stories.plant('left-to-read', {
    production: { ...spent, respond: { medium: 'merge' } },
  });
  await stories.alert(mild, { severity: 'medium' });
  expect(calls(mild)).toEqual([]);
});

test('a call that cannot be told below the pull request is told once GitHub takes it, and calls nobody else', async () => {
  const model = await stories.plant('told-late', {
    production: {
      approvals: {
        required: 1,
        from: ['@acme/sre'],
        timeout: '5m',
        remind: '1h',
        onTimeout: 'page',
      },
    },
  });
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  // The answer of the first gets lost after it was written, which is as good as the death of the process.
  stories.hub.faults.add({
    method: 'POST',
    path: new RegExp(`/issues/${number}/comments$`),
    times: 1,
    when: 'after',
    answer: TROUBLE.unavailable,
  });
  await stories.pass(5 * MINUTE);
  await stories.pass(10 * MINUTE);
  expect(model.pull().comments.map(({ body }) => plain(body).split('\n')[1]))
    .toMatchInlineSnapshot(`
    [
      "@acme/sre: nobody has decided about this rollback for 5m, so people were called. It waits for review. 0 of 1 approval. 1 more needed from \`@acme/sre\`.",
    ]
  `);
  expect(new Set(calls(model)).size).toBe(1);
  await stories.after(() => stories.as('bob').closePull(stories.repository, number));
});

test('the glass is broken, and the process dies after the merge: the review is asked for all the same, once', async () => {
  const model = await stories.plant('glass-and-death', {
    production: { breakGlass: ['@acme/sre'] },
  });
  const number = await talk.issue('Now');
  const stop = stories.hub.onCall((phase, call) => {
    if (phase !== 'after' || !call.path.endsWith('/merge')) return;
    stop();
    stories.hub.faults.add({ method: 'POST', path: /\/comments$/, times: 30, answer: 'reset' });
  });
  await talk.say('bob', number, `/rollback ${model.target} --now --reason "It burns"`);
  expect(await model.runs()).toEqual(GOOD);
  expect(model.pull().comments).toEqual([]);
  stories.hub.faults.clear();
  await stories.stage.restart({ loseDatabase: true });
  await stories.stage.quiet();
  await stories.stage.restart({ loseDatabase: true });
  await stories.stage.quiet();
  expect(talk.answers(model.pull().number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:review-afterwards -->
    \`bob\` broke the glass: this was merged without an approval. @acme/fraud-ml or @acme/sre, please review it now.",
    ]
  `);
});

test('a storm has one issue, in place of one for each of its models, closed when it is over', async () => {
  await stories.repository.commit({
    by: 'bob',
    message: 'Three models at once are a storm here',
    files: {
      '.lastgood/repository.yaml': ROOMY.replace('500 in 1m', '3 in 10m'),
    },
  });
  await stories.pass(HOUR);
  const models: Model[] = [];
  for (const name of ['gust', 'squall', 'gale', 'blizzard']) {
    models.push(await stories.plant(name, { policy: { notify: { issue: true } } }));
  }
  const alerts = (said = {}) =>
    stories.after(() => {
      const messages = models.map((model) => messageFor(model, stories.time, said));
      const all = messages.flatMap((message) => message.alerts);
      return stories.stage.send('alertmanager', { ...messages[0], alerts: all });
    });
  const issues = () =>
    stories.repository.issues().filter(({ labels }) => [...labels].includes(INCIDENT_LABEL));
  await alerts();
  await stories.pass(MINUTE);
  expect(issues().map(({ title, state }) => `${state}: ${title}`)).toMatchInlineSnapshot(`
    [
      "open: A storm: 4 models began to fail together",
    ]
  `);
  expect(plain(issues()[0]?.body ?? '')).toMatchInlineSnapshot(`
    "<!-- lastgood:storm -->

    A storm: 4 models began to fail within 10m (blizzard, gale, gust and squall), and the policy calls 3 a storm. So much at once is rarely the fault of a release: look for what the models share, a data source or the metrics themselves. Until it is over nothing merges by itself in this repository, and rollbacks are opened for review as far as the budget allows.

    - \`production/gust\` (#N): Pull request \\#&#N;4 waits for review. 0 of 1 approval. 1 more needed from @&#N;acme/fraud-ml or @&#N;acme/sre.
    - \`production/squall\` (#N): Pull request \\#&#N;5 waits for review. 0 of 1 approval. 1 more needed from @&#N;acme/fraud-ml or @&#N;acme/sre.
    - \`production/gale\` (#N): Pull request \\#&#N;6 waits for review. 0 of 1 approval. 1 more needed from @&#N;acme/fraud-ml or @&#N;acme/sre.
    - \`production/blizzard\` (#N): Pull request \\#&#N;7 waits for review. 0 of 1 approval. 1 more needed from @&#N;acme/fraud-ml or @&#N;acme/sre.

    While it lasts this issue stands for those of its incidents. Lastgood closes it when it is over."
  `);
  for (const model of models) {
    await stories.after(() => stories.as('bob').closePull(stories.repository, model.pull().number));
  }
  await alerts({ status: 'resolved' });
  await stories.pass(HOUR);
  expect(issues().map(({ title, state }) => `${state}: ${title}`)).toMatchInlineSnapshot(`
    [
      "closed: A storm: 4 models began to fail together",
    ]
  `);
});

test('many alerts of a target: the most severe are told of, and the rest is counted', async () => {
  const model = await stories.plant('many-alerts', { production: { respond: { low: 'record' } } });
  for (let at = 0; at < 8; at += 1) {
    await stories.alert(model, { name: `Drift${at}`, severity: 'low' });
  }
  const number = await talk.issue('How is it?');
  await talk.say('carol', number, `/status ${model.target}`);
  const lines = talk.answer(number).split('\n');
  // The command, a blank, what runs, five alerts, the rest, and what is not watched.
  expect(lines).toHaveLength(10);
  expect(lines.at(-2)).toBe('- 3 more alerts fire.');
});
