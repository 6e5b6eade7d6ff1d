import { afterAll, expect, test } from 'vitest';
import { readMessage, startSlack, type SlackDouble } from '../../fixtures/slack/slack.ts';
import { INCIDENT_LABEL } from '../../src/texts/notify-issue.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { GOOD, plain as plainSentence, useStories, type Model } from './support.ts';

let double: SlackDouble | undefined;
const slack = (): SlackDouble => {
  if (!double) throw new Error('Slack is not there yet.');
  return double;
};

const stories = useStories(
  ({ hub, repository }) => {
    hub.user('nora', { name: 'Nora Reader' });
    repository.grant('nora', 'read');
  },
  async ({ clock }) => {
    double = await startSlack(clock);
    const { url, signingSecret, botToken } = double;
    const users = new Map([
      ['U0ALICE', 'alice'],
      ['U0CAROL', 'carol'],
      ['U0NORA', 'nora'],
      ['U0GONE', 'nobody-has-this'],
    ]);
    const directory = { users, channels: new Map() };
    return {
      settings: {
        slack: { signingSecret, botToken, apiUrl: `${url}/api`, hooksOrigin: url, directory },
      },
    };
  },
);
afterAll(() => double?.stop());

const notified = { policy: { notify: { issue: true, slack: '#ml-alerts' } } };

const plain = (text: string): string =>
  plainSentence(text.replaceAll(stories.hub.url, '<hub>').replace(/pull\/\d+/g, 'pull/N'));

/** The card of a model's incident. */
function card(model: Model) {
  const found = slack().messages.find(
    ({ blocks, threadTs }) =>
      threadTs === undefined && readMessage({ blocks }).includes(model.name),
  );
  if (!found) throw new Error(`Nothing was posted about ${model.name}.`);
  return found;
}

const shown = (model: Model): string => plain(readMessage(card(model)));

const replies = (model: Model): string[] =>
  slack()
    .messages.filter(({ threadTs }) => threadTs === card(model).ts)
    .map((one) => plain(readMessage(one)));

function issues(model: Model) {
  return stories.repository.issues().filter(({ title }) => title.includes(model.name));
}

async function ask(request: ReturnType<SlackDouble['sign']>) {
  const from = slack().answers.length;
  let status = 0;
  let text = '';
  const told = await stories.after(async () => {
    ({ status, text } = await slack().send(stories.stage.serving.url, request));
  });
  return { status, text, told, answers: slack().answers.slice(from).map(plain) };
}

test('an automatic rollback is one card that is edited to its end, and an issue that stays open until it helped', async () => {
  const model = await stories.plant('told', notified);
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  expect(shown(model)).toMatchInlineSnapshot(`
    "Rolled back: production/told (critical)
    ScoresDrift: The scores have drifted. Value 0.31 (threshold > 0.20).
    1.11 → 1.10
    Pull request #N merged by itself, as the policy allows.
    <<hub>/acme/ml-manifests/pull/N|acme/ml-manifests#N>
    · <time> Rolling back production/told now: ScoresDrift is critical, and the policy says merge for that.
    · <time> Planned to take production/told back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    · <time> Pull request #N opened: Roll back production/told: 1.11 → 1.10.
    · <time> Pull request #N merged by itself, as the policy allows."
  `);
  expect(card(model).text).toMatchInlineSnapshot(
    `"Rolled back: production/told (critical). Pull request #1 merged by itself, as the policy allows."`,
  );
  expect(slack().messages.filter(({ threadTs }) => threadTs === undefined)).toHaveLength(1);
  const [issue, ...others] = issues(model);
  expect(others).toEqual([]);
  expect(issue?.state).toBe('open');
  expect(plain(issue?.body ?? '')).toMatchInlineSnapshot(`
    "<!-- lastgood:incident lastgood/production/told/<commit> -->

    **Rolled back: production/told (critical)**

    - Target: \`production/told\`
    - Alert: ScoresDrift: The scores have drifted. Value 0.31 (threshold &gt; 0.20). [the alert](https://grafana.acme.example/d/told) (\`grafana.acme.example\`)
    - Versions: \`1.11 → 1.10\`
    - Pull request: #N

    Pull request \\#&#N;1 merged by itself, as the policy allows.

    What happened:

    - <time>: Rolling back production/told now: ScoresDrift is critical, and the policy says merge for that.
    - <time>: Planned to take production/told back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    - <time>: Pull request \\#&#N;1 opened: Roll back production/told: 1.11 → 1.10.
    - <time>: Pull request \\#&#N;1 merged by itself, as the policy allows.

    This issue is kept up to date and closed by Lastgood. Commands work here too; \`/help\` lists them."
  `);
});

test('a reviewed rollback waits under its card, and its outcome is told in the thread', async () => {
  const model = await stories.plant('told-reviewed', notified);
  await stories.alert(model, { severity: 'medium' });
  expect(shown(model)).toMatchInlineSnapshot(`
    "Rollback is open: production/told-reviewed (medium)
    ScoresDrift: The scores have drifted. Value 0.31 (threshold > 0.20).
    1.11 → 1.10
    Pull request #N waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.
    Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called.
    <<hub>/acme/ml-manifests/pull/N|acme/ml-manifests#N>
    [Approve] [Reject] [Hold]
    · <time> Opening a rollback of production/told-reviewed for review: ScoresDrift is medium, and the policy says review for that. Approve it to roll back, or close it.
    · <time> Planned to take production/told-reviewed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    · <time> Pull request #N opened: Roll back production/told-reviewed: 1.11 → 1.10.
    · <time> Pull request #N waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre."
  `);
  expect(issues(model)[0]?.state).toBe('open');
  const { number } = model.pull();
  await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve'));
  expect(shown(model)).toMatchInlineSnapshot(`
    "Rolled back: production/told-reviewed (medium)
    ScoresDrift: The scores have drifted. Value 0.31 (threshold > 0.20).
    1.11 → 1.10
    Pull request #N merged as approved.
    <<hub>/acme/ml-manifests/pull/N|acme/ml-manifests#N>
    · <time> Opening a rollback of production/told-reviewed for review: ScoresDrift is medium, and the policy says review for that. Approve it to roll back, or close it.
    · <time> Planned to take production/told-reviewed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    · <time> Pull request #N opened: Roll back production/told-reviewed: 1.11 → 1.10.
    · <time> Pull request #N waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.
    · <time> Pull request #N merged as approved."
  `);
  expect(replies(model)).toMatchInlineSnapshot(`
    [
      "Rolled back: production/told-reviewed (medium). Pull request #N merged as approved.",
    ]
  `);
  expect(issues(model).map(({ state }) => state)).toEqual(['open']);
});

test('what becomes of a merged rollback is told in its thread, and closes the issue in the end', async () => {
  const model = await stories.plant('told-recovered', {
    policy: { ...notified.policy, verify: { rollOut: { by: 'none' }, within: '5m' } },
  });
  await stories.alert(model);
  await stories.pass(5 * MINUTE);
  expect(issues(model).map(({ state }) => state)).toEqual(['open']);
  await stories.alert(model, { status: 'resolved', endsAt: stories.time.clock() });
  await stories.pass(2 * MINUTE);
  expect(replies(model)).toMatchInlineSnapshot(`
    [
      "People are needed: production/told-recovered (critical). The rollback #N of production/told-recovered is rolled out, and 5m later the model has not recovered: the alert ScoresDrift fires. The model release was probably not the cause. Look for what else changed; /plan production/told-recovered shows where else it could go back to.",
      "Recovered: production/told-recovered (critical). production/told-recovered recovered at <time>, 5m after the merge of #N, and has been well for 2m. It is watched for a relapse until <time>.",
    ]
  `);
  expect(issues(model).map(({ state, title }) => [state, title])).toMatchInlineSnapshot(`
    [
      [
        "closed",
        "Recovered: production/told-recovered (critical)",
      ],
    ]
  `);
  await stories.pass(MINUTE);
  expect(issues(model)[0]?.body).toMatch(
    /^- \*\*Report:\*\* \[draft of the post-mortem\]\(http.*\/blob\/lastgood\/journal\/.*\.md\), in the journal\.$/m,
  );
});

test('what somebody closed is a card that says so', async () => {
  const model = await stories.plant('told-closed', notified);
  await stories.alert(model, { severity: 'medium' });
  await stories.after(() => stories.as('alice').closePull(stories.repository, model.pull().number));
  expect(shown(model)).toMatchInlineSnapshot(`
    "Closed without a rollback: production/told-closed (medium)
    ScoresDrift: The scores have drifted. Value 0.31 (threshold > 0.20).
    1.11 → 1.10
    Pull request #N was closed by a person. That is a no: it is not opened again for this incident.
    <<hub>/acme/ml-manifests/pull/N|acme/ml-manifests#N>
    · <time> Opening a rollback of production/told-closed for review: ScoresDrift is medium, and the policy says review for that. Approve it to roll back, or close it.
    · <time> Planned to take production/told-closed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.
    · <time> Pull request #N opened: Roll back production/told-closed: 1.11 → 1.10.
    · <time> Pull request #N waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.
    · <time> Pull request #N was closed by a person. That is a no: it is not opened again for this incident."
  `);
  expect(replies(model)).toHaveLength(1);
});

test('while Slack limits or fails, nothing waits for it, and the newest is told once it is back', async () => {
  const model = await stories.plant('told-late', notified);
  slack().fail(429);
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  expect(() => card(model)).toThrow('Nothing was posted');
  await stories.pass(MINUTE);
  expect(card(model).edits).toBe(0);
  expect(shown(model).split('\n')[0]).toMatchInlineSnapshot(
    `"Rolled back: production/told-late (critical)"`,
  );
});

test('a lost database leads to no second issue', async () => {
  const model = await stories.plant('told-again', notified);
  await stories.alert(model, { severity: 'medium' });
  await stories.stage.restart({ loseDatabase: true });
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  expect(issues(model).map(({ state, labels }) => [state, [...labels]])).toEqual([
    ['open', [INCIDENT_LABEL]],
  ]);
});

test('questions are answered, also to whom nobody knows', async () => {
  await stories.plant('asked', notified);
  expect(await ask(slack().command('U0STRANGER', 'plan production/asked'))).toMatchInlineSnapshot(`
    {
      "answers": [
        "A rollback of \`production/asked\` would go from \`1.11\` of <commit> to \`1.10\` of <commit>. It is the newest earlier release that is good by the policy. Nothing was opened.

    | Pin | From | To | Where |
    | --- | --- | --- | --- |
    | \`model\` | \`1.11\` | \`1.10\` | \`models/asked/model.yaml\` line 3 |
    | \`features\` | \`f-11\` | \`f-10\` | \`models/asked/features.yaml\` line 3 |

    No other byte changes.",
      ],
      "status": 200,
      "text": "Taken. The answer follows.",
      "told": [
        "Slack user U0STRANGER in Slack: /plan production/asked → A rollback of \`production/asked\` would go from \`1.11\` of <commit> to \`1.10\` of <commit>. It is the newest earlier release that is good by the policy. Nothing was opened.",
      ],
    }
  `);
  expect((await ask(slack().command('U0CAROL', '/status asked'))).answers).toMatchInlineSnapshot(`
    [
      "\`production/asked\` runs \`1.11\` since <time> (<commit>).
    - No alert fires, and no rollback is open.
    - Monitors: 10 wait for a \`query\` in the policy (\`lastgood validate\` names them).",
    ]
  `);
  expect((await ask(slack().command('U0CAROL', 'stauts'))).answers).toMatchInlineSnapshot(`
    [
      "\`/stauts\`: There is no \`/stauts\`. Did you mean \`/status [TARGET]\`?",
    ]
  `);
  expect(
    (await ask(slack().command('U0CAROL', 'in acme/nothing status'))).text,
  ).toMatchInlineSnapshot(
    `"Nothing was done: nothing says which repository this is about, or the App is not installed on it. Begin with \`in owner/name\`, as in \`in acme/models status\`, or have the channel added to the file of LASTGOOD_SLACK_FILE."`,
  );
});

test('who is nobody at GitHub changes nothing', async () => {
  const model = await stories.plant('unmapped', notified);
  await stories.alert(model, { severity: 'medium' });
  expect((await ask(slack().press('U0STRANGER', card(model), 'Approve'))).answers)
    .toMatchInlineSnapshot(`
    [
      "\`/approve\`: Nothing was done: nobody knows who you are at GitHub. Have \`U0STRANGER: your-login\` added to the users in the file of LASTGOOD_SLACK_FILE. Until then you can look: \`status\`, \`history\`, \`plan\`, \`help\`.",
    ]
  `);
  expect((await ask(slack().press('U0GONE', card(model), 'Hold'))).answers).toMatchInlineSnapshot(`
    [
      "\`/hold\`: Nothing was done: nobody knows who you are at GitHub. Have \`U0GONE: your-login\` added to the users in the file of LASTGOOD_SLACK_FILE. Until then you can look: \`status\`, \`history\`, \`plan\`, \`help\`.",
    ]
  `);
  expect(model.pull().state).toBe('open');
});

/** What the App wrote below the pull request of a model. */
function below(model: Model): string[] {
  return stories.repository
    .comments(model.pull().number)
    .map(({ body }) => plain(body.replace(/slack \d+/, 'slack N')));
}

test('a button approves with the rights of the GitHub account, and the rollback merges', async () => {
  const model = await stories.plant('pressed', notified);
  await stories.alert(model, { severity: 'medium' });
  expect((await ask(slack().press('U0NORA', card(model), 'Approve'))).answers)
    .toMatchInlineSnapshot(`
      [
        "\`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      ]
    `);
  expect(model.pull().state).toBe('open');
  expect(await ask(slack().press('U0ALICE', card(model), 'Approve'))).toMatchInlineSnapshot(`
    {
      "answers": [
        "\`/approve\`: Approved as it stands at <commit>. It is merged.",
      ],
      "status": 200,
      "text": "Taken. The answer follows.",
      "told": [
        "Pull request #N merged as approved.",
        "alice in Slack: /approve → Approved as it stands at <commit>. It is merged.",
      ],
    }
  `);
  expect(await model.runs()).toEqual(GOOD);
  expect(shown(model).split('\n')[0]).toMatchInlineSnapshot(
    `"Rolled back: production/pressed (medium)"`,
  );
  expect(below(model)).toMatchInlineSnapshot(`
    [
      "<!-- lastgood:answer slack N -->
    <!-- lastgood:approval 1007 alice <commit> <commit> -->
    \`alice\` in Slack:

    \`/approve\`: Approved as it stands at <commit>. It is merged.",
    ]
  `);
});

test('a button holds, and another rejects', async () => {
  const model = await stories.plant('held', notified);
  await stories.alert(model, { severity: 'medium' });
  expect((await ask(slack().press('U0ALICE', card(model), 'Hold'))).answers).toMatchInlineSnapshot(`
    [
      "\`/hold\`: \`production/held\` is held: nothing merges for it until somebody lifts it with \`/unhold\`.",
    ]
  `);
  expect(shown(model).split('\n')[3]).toMatchInlineSnapshot(
    `"Pull request #N waits, because alice holds its target (held in Slack). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre."`,
  );
  const rejected = await ask(slack().press('U0ALICE', card(model), 'Reject'));
  expect(rejected.answers).toMatchInlineSnapshot(`
    [
      "\`/reject\`: #N is closed: rejected in Slack. That is a no: it is not opened again for this release.",
    ]
  `);
  expect(shown(model).split('\n')[0]).toMatchInlineSnapshot(
    `"Closed without a rollback: production/held (medium)"`,
  );
});

test('a typed command starts a rollback', async () => {
  const model = await stories.plant('typed', notified);
  const typed = slack().command('U0ALICE', 'rollback production/typed --reason "Scores drift"');
  expect((await ask(typed)).answers).toMatchInlineSnapshot(`
    [
      "\`/rollback production/typed --reason "Scores drift"\`: Pull request #N is opened and waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(shown(model).split('\n').slice(0, 4)).toMatchInlineSnapshot(`
    [
      "Rollback is open: production/typed",
      "1.11 → 1.10",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from @acme/fraud-ml or @acme/sre.",
      "Those who are missing are reminded every 90d. When nobody has decided by <time>, people are called.",
    ]
  `);
  // Whoever asked for it does not approve it.
  expect((await ask(slack().press('U0ALICE', card(model), 'Approve'))).answers)
    .toMatchInlineSnapshot(`
    [
      "\`/approve\`: Nothing was done. Somebody else than the person who asked for the rollback has to approve.",
    ]
  `);
  expect(model.pull().state).toBe('open');
});

test('the button of an old card approves nothing', async () => {
  const model = await stories.plant('stale', notified);
  await stories.alert(model, { severity: 'medium' });
  const old = { ...card(model) };
  const { number, headRef } = model.pull();
  await stories.after(() =>
    stories.repository.commit({
      by: 'erin',
      branch: headRef,
      message: 'Change what is approved',
      files: { 'README.md': 'changed' },
    }),
  );
  const { answers } = await ask(slack().press('U0ALICE', old, 'Approve'));
  expect(answers).toMatchInlineSnapshot(`
    [
      "\`/approve\`: Nothing was done: pull request #N is not as this card shows it any more. Look at the pull request, or at the newest card.",
    ]
  `);
  expect(stories.repository.pull(number)?.state).toBe('open');
});

test('what is forged, old or sent again is refused', async () => {
  const model = await stories.plant('forged', notified);
  await stories.alert(model, { severity: 'medium' });
  const press = slack().press('U0ALICE', card(model), 'Reject');
  const forged = { ...press, body: `${press.body}&x=1` };
  const unsigned = { ...press, headers: { ...press.headers, 'x-slack-signature': 'v0=00' } };
  const old = slack().sign(press.path, press.body, stories.time.clock() - 6 * MINUTE);
  const future = slack().sign(press.path, press.body, stories.time.clock() + HOUR);
  const told = [];
  for (const one of [forged, unsigned, old, future]) {
    const { status, text, answers } = await ask(one);
    told.push([status, text, answers]);
  }
  expect(told).toMatchInlineSnapshot(`
    [
      [
        401,
        "The signature does not fit. Set LASTGOOD_SLACK_SIGNING_SECRET to the signing secret of the Slack app.",
        [],
      ],
      [
        401,
        "The signature does not fit. Set LASTGOOD_SLACK_SIGNING_SECRET to the signing secret of the Slack app.",
        [],
      ],
      [
        401,
        "The request is older than five minutes, or the clocks differ by as much.",
        [],
      ],
      [
        401,
        "The request is older than five minutes, or the clocks differ by as much.",
        [],
      ],
    ]
  `);
  const first = await ask(slack().command('U0CAROL', 'help hold'));
  expect(first.status).toBe(200);
  const sent = slack().command('U0CAROL', 'help hold');
  expect((await ask(sent)).status).toBe(200);
  const again = await ask(sent);
  expect([again.status, again.text, again.told]).toMatchInlineSnapshot(`
    [
      401,
      "This request came before. Nothing was done.",
      [],
    ]
  `);
  expect(model.pull().state).toBe('open');
});

test.each([
  ['no form', '{"text":"x"}'],
  ['no user', 'text=status'],
  ['a user that is none', 'user_id=%3C!channel%3E&channel_id=C01&text=status'],
  ['a huge text', `user_id=U01&channel_id=C01&text=${'x'.repeat(10_000)}`],
])('hostile: %s', async (_, body) => {
  const { status, told } = await ask(slack().sign('/slack/commands', body));
  expect([status, told]).toEqual([400, []]);
});

test.each([
  ['no payload', 'x=1'],
  ['no JSON', 'payload=%7B'],
  ['another type', `payload=${encodeURIComponent('{"type":"view_submission"}')}`],
  [
    'a value that is none',
    `payload=${encodeURIComponent('{"type":"block_actions","user":{"id":"U01"},"actions":[{"action_id":"lastgood:approve","value":"{\\"repository\\":\\"x\\"}"}]}')}`,
  ],
])('hostile button: %s', async (_, body) => {
  const { status, told } = await ask(slack().sign('/slack/actions', body));
  expect([status, told]).toEqual([400, []]);
});

test('an answer goes to Slack and nowhere else, and an alert can call nobody', async () => {
  const body = new URLSearchParams({
    user_id: 'U0CAROL',
    channel_id: 'C01',
    text: 'help hold',
    response_url: `${stories.hub.url}/steal`,
  }).toString();
  const { status, answers } = await ask(slack().sign('/slack/commands', body));
  expect([status, answers]).toEqual([200, []]);
  const model = await stories.plant('shouting', notified);
  await stories.alert(model, { summary: '<!channel> <@U0ALICE> <http://x.example|click> *now*' });
  expect(JSON.stringify(card(model).blocks)).not.toContain('"mrkdwn","text":"<!');
  const texts = card(model).blocks.filter(({ text }) =>
    JSON.stringify(text)?.includes('<!channel>'),
  );
  expect(texts.map(({ text }) => (text as { readonly type: string }).type)).toEqual(['plain_text']);
  expect(card(model).text).not.toMatch(/<[!@]/);
});
