/** Forged and replayed deliveries of GitHub and of Slack. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { startSlack, type SlackDouble } from '../../fixtures/slack/slack.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import { MINUTE } from '../../src/time.ts';
import type { Model } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

let double: SlackDouble | undefined;
const slack = (): SlackDouble => {
  if (!double) throw new Error('Slack is not there yet.');
  return double;
};

const { stories, waiting, attack, stillWorks, say } = useAttacks(
  () => undefined,
  async ({ clock }) => {
    double = await startSlack(clock);
    const { url, signingSecret, botToken } = double;
    const directory = { users: new Map([['U0ALICE', 'alice']]), channels: new Map() };
    return {
      settings: {
        slack: { signingSecret, botToken, apiUrl: `${url}/api`, hooksOrigin: url, directory },
      },
    };
  },
);
afterAll(() => double?.stop());

/** Posts a webhook as GitHub would, signed with whatever secret. */
async function hook(event: string, payload: unknown, secret: string, id: string = randomUUID()) {
  const body = JSON.stringify(payload);
  const hmac = createHmac('sha256', secret).update(body).digest('hex');
  const { status } = await fetch(`${stories.stage.serving.url}${WEBHOOK_PATH}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${hmac}`,
    },
    body,
  });
  return status;
}

/** The delivery of an approval that nobody gave: the id of a comment of somebody else. */
function approval(model: Model, comment: { readonly id: number }) {
  const { number } = model.pull();
  const user = { id: stories.as('alice').id, login: 'alice', type: 'User' };
  return {
    action: 'created',
    repository: stories.repository.json(),
    issue: { number },
    comment: { id: comment.id, user, body: '/approve', created_at: '2026-11-20T02:17:00Z' },
    sender: user,
  };
}

test('a delivery is signed with the secret of another hook', async () => {
  const model = await waiting('other-secret');
  const comment = stories.as('alice').comment(stories.repository, model.pull().number, 'Hm');
  expect(
    await attack(async () => {
      expect(await hook('issue_comment', approval(model, comment), 'another secret')).toBe(401);
      expect(await hook('issue_comment', approval(model, comment), stories.stage.token)).toBe(401);
    }),
  ).toMatchInlineSnapshot(`
    [
      "log: webhook refused",
      "log: webhook refused",
    ]
  `);
  await stillWorks(model);
});

test('a delivery with the right secret says what nobody said: GitHub is asked what stands there', async () => {
  const model = await waiting('words');
  const { number } = model.pull();
  const said = stories.as('mallory').comment(stories.repository, number, '/approve');
  const other = stories.as('alice').comment(stories.repository, number, '/status');
  await stories.stage.quiet();
  const { webhookSecret } = stories.stage;
  const told = await stories.after(async () => {
    // By its body alice approves; at GitHub it is mallory's word, or another one.
    expect(await hook('issue_comment', approval(model, said), webhookSecret)).toBe(202);
    expect(await hook('issue_comment', approval(model, other), webhookSecret)).toBe(202);
  });
  expect(told).toEqual([]);
  expect(model.pull().state).toBe('open');
  await stillWorks(model);
});

test('an approval is delivered again, after the head was approved anew by nobody', async () => {
  const model = await waiting('again', {
    production: { approvals: { required: 2, from: ['@acme/fraud-ml', '@acme/sre'] } },
  });
  const { number } = model.pull();
  const from = stories.hub.deliveries.length;
  await stories.after(() => say('alice', number, '/approve'));
  const sent = stories.hub.deliveries.slice(from).find(({ event }) => event === 'issue_comment');
  const before = stories.repository.comments(number).length;
  for (const id of [sent?.guid, randomUUID(), undefined]) {
    await stories.after(() =>
      hook('issue_comment', sent?.payload, stories.stage.webhookSecret, id),
    );
  }
  expect(stories.repository.comments(number)).toHaveLength(before);
  expect(model.pull().state).toBe('open');
  await stories.after(() => say('bob', number, '/approve'));
  expect(model.pull().state).toBe('closed');
});

test('Slack: another secret, an old timestamp, another body, the same again', async () => {
  const model = await waiting('slack', { policy: { notify: { slack: '#ml-alerts' } } });
  const card = slack().messages.at(-1);
  if (!card) throw new Error('Nothing was posted.');
  const press = slack().press('U0ALICE', card, 'Reject');
  const forged = createHmac('sha256', 'another secret')
    .update(`v0:${press.headers['x-slack-request-timestamp']}:${press.body}`)
    .digest('hex');
  const post = async (request: typeof press) =>
    (await slack().send(stories.stage.serving.url, request)).status;
  expect(
    await attack(async () => {
      const signed = { ...press.headers, 'x-slack-signature': `v0=${forged}` };
      expect(await post({ ...press, headers: signed })).toBe(401);
      expect(await post({ ...press, body: `${press.body}&x=1` })).toBe(401);
      const old = slack().sign(press.path, press.body, stories.time.clock() - 6 * MINUTE);
      expect(await post(old)).toBe(401);
      const later = slack().sign(press.path, press.body, stories.time.clock() + 6 * MINUTE);
      expect(await post(later)).toBe(401);
    }),
  ).toMatchInlineSnapshot(`
    [
      "log: slack request refused",
      "log: slack request refused",
      "log: slack request refused",
      "log: slack request refused",
    ]
  `);
  const approve = slack().press('U0ALICE', card, 'Approve');
  await stories.after(() => post(approve));
  expect(model.pull().state).toBe('closed');
  expect(await attack(() => post(approve))).toMatchInlineSnapshot(`
    [
      "log: slack request refused",
    ]
  `);
});
