import { expect, test } from 'vitest';
import { plain, useStories } from './support.ts';

const stories = useStories(({ hub, repository }) => {
  hub.user('nora', { name: 'Nora Reader' });
  repository.grant('nora', 'read');
});

/** What the App wrote below an issue or a pull request, newest last. */
function answers(number: number): string[] {
  return stories.repository
    .comments(number)
    .filter(({ user: author }) => author.login === 'lastgood[bot]')
    .map(({ body }) => plain(body).replace(/\(http\S+\)/g, '(<link>)'))
    .map((body) => body.replace(/(review|comment) \d+ -->/, '$1 N -->'));
}

const ask = (login: string, number: number, body: string): Promise<string[]> =>
  stories.after(() => stories.as(login).comment(stories.repository, number, body));

async function issue(title: string): Promise<number> {
  const { number } = await stories.as('carol').openIssue(stories.repository, { title });
  return number;
}

test('questions are answered in one comment that is edited', async () => {
  const number = await issue('What can it do?');
  expect(await ask('nora', number, '/help hold')).toMatchInlineSnapshot(`
    [
      "nora below #N: /help hold → \`/hold [TARGET] [for 2h] REASON\`: Nothing merges for the target until the hold is lifted or its time is up. For anyone who can read the repository. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
    ]
  `);
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:told 2026-11-20T02:17:00.000Z comment N -->
    To \`nora\` for [this](<link>):

    \`/help hold\`: \`/hold [TARGET] [for 2h] REASON\`: Nothing merges for the target until the hold is lifted or its time is up. For anyone who can read the repository. For example: \`/hold production/fraud-detector for 2h Looking at the features first\`",
    ]
  `);
  await ask('carol', number, '/status fraud-detector\n/plan production/fraud-detector');
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:told 2026-11-20T02:17:00.000Z comment N -->
    To \`carol\` for [this](<link>):

    \`/status fraud-detector\`

    \`production/fraud-detector\` runs \`2.11\` since <time> (<commit>).
    - No alert fires, and no rollback is open.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them).

    \`/plan production/fraud-detector\`

    A rollback of \`production/fraud-detector\` would go from \`2.11\` of <commit> to \`2.10\` of <commit>. It is the newest earlier release that is good by the policy. Nothing was opened.

    | Pin | From | To | Where |
    | --- | --- | --- | --- |
    | \`model\` | \`2.11\` | \`2.10\` | \`clusters/production/fraud/inferenceservice.yaml\` line 19 |
    | \`features\` | \`tx-2026-11-15\` | \`tx-2026-11-08\` | \`clusters/production/fraud/features.yaml\` line 9 |

    No other byte changes.",
    ]
  `);
  await ask('carol', number, '/history production/fraud-detector\n/help drill');
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:told 2026-11-20T02:17:00.000Z comment N -->
    To \`carol\` for [this](<link>):

    \`/history production/fraud-detector\`

    | Release | Since | Ran | Versions | By | |
    | --- | --- | --- | --- | --- | --- |
    | <commit> | <time> | 1d 7h | model \`2.11\`, features \`tx-2026-11-15\` | \`Erin Castillo\` | Runs. |
    | <commit> | <time> | 7d 19h | model \`2.10\`, features \`tx-2026-11-08\` | \`Alice Okafor\` | **Last good.** |
    | <commit> | <time> | 24d 4h | model \`2.9\`, features \`tx-2026-10-14\` | \`Alice Okafor\` |  |
    | <commit> | <time> | 10d 18h | model \`2.8\`, features \`tx-2026-10-05\` | \`Bob Lindqvist\` |  |

    \`/help drill\`

    \`/drill TARGET\`: Rehearses a rollback of the target, and tells whether one would work now. Nothing merges but in an environment that the policy names for drills. For owners and approvers. For example: \`/drill production/fraud-detector\`",
    ]
  `);
  const reactions = stories.repository.comments(number)[0]?.reactions;
  expect(reactions?.map(({ content }) => content)).toEqual(['eyes']);
});

test('mistakes are answered with what is expected, once, however often the delivery comes', async () => {
  const number = await issue('Mistakes');
  stories.hub.faults.deliveries('duplicate', { event: 'issue_comment', times: 1 });
  await ask('carol', number, 'Hello\n/hodl production/fraud-detector x\n/plan fraud\n> /help\n');
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:answer comment N -->
    To \`carol\` for [this](<link>):

    - \`/hodl production/fraud-detector x\`: There is no \`/hodl\`. Did you mean \`/hold [TARGET] [for 2h] REASON\`?
    - \`/plan fraud\`: There is no target \`fraud\`. \`/status\` lists them. For example: \`/plan production/fraud-detector\`",
    ]
  `);
});

test('what is edited, quoted, a bot’s or the App’s own commands nothing', async () => {
  const number = await issue('Echo');
  const told = await stories.after(() => {
    const { repository } = stories;
    stories.hub.faults.deliveries('hold', { event: 'issue_comment', times: 1 });
    const comment = stories.as('nora').comment(repository, number, '/status');
    stories.time.advance(1_000);
    stories.as('mallory').editComment(repository, number, comment, '/plan fraud-detector');
    stories.hub.releaseDeliveries();
  });
  expect(told).toMatchInlineSnapshot(`
    [
      "nora below #N: /plan fraud-detector → no: Nothing was done. An edited comment commands nothing. Write \`/plan\` in a new comment.",
    ]
  `);
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:told 2026-11-20T02:17:00.000Z comment N -->
    To \`nora\` for [this](<link>):

    \`/plan fraud-detector\`: Nothing was done. An edited comment commands nothing. Write \`/plan\` in a new comment.",
    ]
  `);
  const helper = stories.hub.app({
    slug: 'echo',
    permissions: { issues: 'write', metadata: 'read' },
    events: [],
  });
  helper.install([stories.repository]);
  const said = await stories.after(() =>
    fetch(`${stories.hub.url}/repos/${stories.repository.fullName}/issues/${number}/comments`, {
      method: 'POST',
      headers: {
        authorization: `token ${helper.token().token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ body: '/help' }),
    }),
  );
  expect(said).toEqual([]);
  expect(answers(number)).toHaveLength(1);
});

test('the text of a review and a comment on a line are heard too', async () => {
  const model = await stories.plant('reviewed');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  await stories.after(() =>
    stories.as('alice').review(stories.repository, number, 'comment', { body: '/status' }),
  );
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:told 2026-11-20T02:17:01.000Z review N -->
    To \`alice\` for [this](<link>):

    \`/status\`

    \`production/reviewed\` runs \`1.11\` since <time> (<commit>).
    - #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called.
    - Recorded for \`production/reviewed\`, nothing changed: pull request #N for this release is open already and goes on.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them).",
    ]
  `);
  await stories.after(() =>
    stories.as('alice').reviewComment(stories.repository, number, {
      path: model.file,
      line: 3,
      body: '/help retry',
    }),
  );
  expect(answers(number)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:told 2026-11-20T02:17:01.000Z review-comment N -->
    To \`alice\` for [this](<link>):

    \`/help retry\`: \`/retry [TARGET]\`: Tries again what failed or waits, without waiting for the next event. For owners and approvers. For example: \`/retry\`",
    ]
  `);
});
