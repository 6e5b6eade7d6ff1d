import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMessage, startSlack, type SlackDouble } from '../../../fixtures/slack/slack.ts';
import type { Item, Json } from '../../store/item.ts';
import { PauseLane, type Settlement, type Turn } from '../../store/settlement.ts';
import { SECOND } from '../../time.ts';
import type { Card } from '../card.ts';
import { createSlackClient } from './client.ts';
import { postNotices, type SlackPostParts } from './post-notices.ts';

let slack: SlackDouble;
beforeAll(async () => {
  slack = await startSlack(() => 0);
});
afterAll(() => slack.stop());

const CARD: Card = {
  incident: `lastgood/production/fraud/${'a'.repeat(40)}`,
  target: 'production/fraud',
  revision: 1,
  state: 'open',
  at: 0,
  changedAt: 0,
  pull: { number: 7, url: 'https://github.example/acme/models/pull/7' },
  head: 'b'.repeat(40),
  why: 'It waits for review.',
  steps: [],
};

/** A lane of Slack with a memory: hands cards over, and keeps what is settled. */
function lane(parts: Partial<SlackPostParts> = {}) {
  const kept = new Map<string, Json>();
  let id = 0;
  const settle = ({ changes = [] }: Settlement): Promise<void> => {
    for (const change of changes) if (change.kind === 'put') kept.set(change.key, change.value);
    return Promise.resolve();
  };
  return {
    kept,
    async post(...cards: readonly Partial<Card>[]): Promise<Settlement> {
      const items = cards.map((change): Item => {
        const payload = {
          repository: { id: 1, name: 'acme/models' },
          channel: '#ml',
          card: { ...CARD, ...change },
        } as unknown as Json;
        const about = { lane: 'slack', kind: 'card', key: undefined, timer: undefined };
        return { ...about, id: (id += 1), priority: 0, payload, arrivedAt: 0, tries: 1 };
      });
      const signal = new AbortController().signal;
      const turn: Turn = { lane: 'slack', stretch: 1, items, signal, settle };
      const client = createSlackClient({ apiUrl: `${slack.url}/api`, botToken: slack.botToken });
      const documents = {
        get: (_: string, __: string, key: string) => Promise.resolve(kept.get(key)),
      };
      const own = {
        client,
        documents,
        webhookUrl: undefined,
        edits: true,
        posted: () => undefined,
      };
      return postNotices({ ...own, ...parts }, turn);
    },
  };
}

test('of several cards the newest is posted, and what was posted is edited', async () => {
  const from = slack.messages.length;
  const one = lane();
  await one.post({ revision: 1 }, { revision: 3, why: 'Newest.' }, { revision: 2 });
  await one.post({ revision: 3, why: 'Newest.' });
  expect(slack.messages.slice(from).map(({ edits }) => edits)).toEqual([0]);
  await one.post({ revision: 4, state: 'merged', why: 'Merged.' });
  const [card, outcome] = slack.messages.slice(from);
  expect([card?.edits, outcome?.threadTs]).toEqual([1, card?.ts]);
  expect(card && readMessage(card)).toContain('Merged.');
});

test('an outcome that could not be told is told later, once', async () => {
  const from = slack.messages.length;
  const one = lane();
  await one.post({ revision: 1 });
  const over = { revision: 2, state: 'merged', why: 'Merged.' } as const;
  // The card is edited, and then Slack fails.
  slack.fail('ok', 500);
  await expect(one.post(over)).rejects.toThrow(PauseLane);
  await one.post(over);
  await one.post(over);
  expect(slack.messages.slice(from).map(({ threadTs }) => threadTs !== undefined)).toEqual([
    false,
    true,
  ]);
});

test('what Slack refuses for good is given up, with its word for it', async () => {
  slack.fail('channel_not_found');
  const { outcomes } = await lane().post({ revision: 1 });
  expect([...(outcomes?.values() ?? [])]).toEqual([
    { kind: 'dead', why: 'Slack refused chat.postMessage: channel_not_found.' },
  ]);
});

test('a limit rests the lane for as long as Slack says', async () => {
  slack.fail(429);
  const thrown = await lane()
    .post({ revision: 1 })
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(PauseLane);
  expect(thrown).toMatchObject({ after: 30 * SECOND });
});

test('a message that somebody deleted is written anew', async () => {
  const one = lane();
  await one.post({ revision: 1 });
  slack.messages.pop();
  await one.post({ revision: 2, why: 'Again.' });
  expect(slack.messages.at(-1)?.edits).toBe(0);
});

test('through a webhook it is told at the start and at the end, without buttons', async () => {
  const from = slack.webhook.length;
  const one = lane({ edits: false, webhookUrl: `${slack.url}/services/T/B/x` });
  await one.post({ revision: 1 });
  await one.post({ revision: 2, why: 'Still.' });
  await one.post({ revision: 3, state: 'closed', why: 'Closed by a person.' });
  const posted = slack.webhook.slice(from);
  expect(posted.map((message) => readMessage(message).split('\n')[0])).toEqual([
    'Rollback is open: production/fraud',
    'Closed without a rollback: production/fraud',
  ]);
  expect(JSON.stringify(posted)).not.toContain('button');
});
