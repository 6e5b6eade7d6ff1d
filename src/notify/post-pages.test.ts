import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPagerDuty, type PagerDutyDouble } from '../../fixtures/pagerduty/pagerduty.ts';
import type { Item, Json } from '../store/item.ts';
import { PauseLane, type Outcome, type Turn } from '../store/settlement.ts';
import { dedupKeyOf, pagerDutyWay } from './pagerduty-way.ts';
import { postPages } from './post-pages.ts';
import { webhookWay } from './webhook-way.ts';
import type { Way } from './way.ts';

let double: PagerDutyDouble;
beforeAll(async () => {
  double = await startPagerDuty();
});
afterAll(() => double.stop());

const INCIDENT = 'lastgood/production/fraud/0123456789abcdef';
const about = { repository: 'acme/models', repositoryId: 7, incident: INCIDENT, at: 0 };
const page = (key: string, more: object = {}): [string, Json] => [
  'page',
  { ...about, key, severity: 'high', sentence: `About ${key}.`, ...more },
];
const over = (key: string): [string, Json] => [
  'resolve',
  { ...about, key, sentence: 'It recovered.' },
];

/** Works a lane with some items as the store does; answers what became of each, and what was noted for later turns. */
async function work(
  way: Way | undefined,
  items: readonly (readonly [string, Json])[],
  documents = new Map<string, Json>(),
) {
  const told: string[] = [];
  const outcomes = new Map<number, Outcome>();
  const turn: Turn = {
    lane: 'pages',
    stretch: 1,
    items: items.map(([kind, payload], id): Item => ({
      id,
      lane: 'pages',
      kind,
      key: undefined,
      timer: undefined,
      priority: 50,
      payload,
      arrivedAt: 0,
      tries: 1,
    })),
    signal: new AbortController().signal,
    async settle({ outcomes: some = new Map(), changes = [] }) {
      for (const [id, outcome] of some) outcomes.set(id, outcome);
      for (const change of changes) {
        if (change.kind === 'put') documents.set(change.key, change.value);
        if (change.kind === 'delete') documents.delete(change.key);
      }
    },
  };
  const paused = await postPages(turn, {
    way,
    setting: 'LASTGOOD_SETTING',
    documents: { get: async (_lane, _kind, key) => documents.get(key) },
    posted: (outcome) => void told.push(outcome),
  }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof PauseLane) return error.message;
      throw error;
    },
  );
  return { outcomes: [...outcomes.values()], told, paused, documents };
}

const pagerDuty = (key = double.key): Way => pagerDutyWay({ key, url: double.url });

describe('PagerDuty', () => {
  test('several calls of one incident are one alert, which its end resolves', async () => {
    const { outcomes, told, documents } = await work(pagerDuty(), [
      page('a'),
      page('b'),
      over('c'),
    ]);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ kind: 'handled' })));
    expect(told).toEqual(['ok', 'ok', 'ok']);
    expect(documents.size).toBe(0);
    expect(double.calls.splice(0)).toEqual(['trigger 202', 'trigger 202', 'resolve 202']);
    expect(double.alerts.splice(0)).toEqual([
      { dedupKey: `lastgood 7 ${INCIDENT}`, summaries: ['About a.', 'About b.'], open: false },
    ]);
  });

  test('a relapse after the end is an alert of its own, and its end is sent again', async () => {
    const { told } = await work(pagerDuty(), [
      page('a'),
      over('b'),
      page('c'),
      over('d'),
      over('e'),
    ]);
    expect(told).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(double.alerts.splice(0)).toMatchObject([
      { summaries: ['About a.'], open: false },
      { summaries: ['About c.'], open: false },
    ]);
    double.calls.splice(0);
  });

  test('the end of an incident about which nobody was called is not sent', async () => {
    const { outcomes, told } = await work(pagerDuty(), [over('a')]);
    expect([outcomes, told]).toEqual([[{ kind: 'handled' }], []]);
    expect(double.calls).toEqual([]);
  });

  test.each([408, 429, 500, 503])('waits after %i, and goes on in order', async (status) => {
    double.fail(status);
    const items = [page('a'), over('b')];
    const first = await work(pagerDuty(), items);
    expect(first).toMatchObject({ outcomes: [], told: ['retried'] });
    expect(first.paused).toBe(`PagerDuty answered ${status}.`);
    const { told, paused } = await work(pagerDuty(), items, first.documents);
    expect([told, paused]).toEqual([['ok', 'ok'], undefined]);
    expect(double.calls.splice(0)).toEqual([`trigger ${status}`, 'trigger 202', 'resolve 202']);
    double.alerts.splice(0);
  });

  test('what it refuses is given up with what it says, without the key, and is not taken back', async () => {
    const wrong = 'f'.repeat(32);
    const { outcomes, told } = await work(pagerDuty(wrong), [page('a'), over('b')]);
    expect(outcomes).toEqual([
      { kind: 'dead', why: "PagerDuty answered 400. It says: 'routing_key' … is unknown" },
      { kind: 'handled' },
    ]);
    expect(told).toEqual(['refused']);
    expect(double.calls.splice(0)).toEqual(['trigger 400']);
  });

  test('is not reached: the lane waits', async () => {
    const way = pagerDutyWay({ key: double.key, url: 'http://127.0.0.1:1/v2/enqueue' });
    const { paused, told } = await work(way, [page('a')]);
    expect(paused).toMatch(/^PagerDuty was not reached: .*$/);
    expect(told).toEqual(['retried']);
  });

  test('long texts and names are cut to what it takes', async () => {
    const sentence = '🦊'.repeat(2_000);
    const incident = `lastgood/production/${'m'.repeat(300)}`;
    const { outcomes } = await work(pagerDuty(), [page('a', { sentence, incident })]);
    expect(outcomes).toEqual([{ kind: 'handled' }]);
    expect(double.calls.splice(0)).toEqual(['trigger 202']);
    const [alert] = double.alerts.splice(0);
    expect(alert?.summaries[0]?.length).toBeLessThanOrEqual(1024);
    expect(alert?.dedupKey).toMatch(/^lastgood [0-9a-f]{64}$/);
  });
});

test('a key is of the repository and the incident, or of the call alone', () => {
  const key = (one: Partial<Parameters<typeof dedupKeyOf>[0]>) => dedupKeyOf({ key: 'k', ...one });
  expect(key({ repositoryId: 1, incident: 'i' })).toBe(key({ repositoryId: 1, incident: 'i' }));
  expect(key({ repositoryId: 1, incident: 'i' })).not.toBe(key({ repositoryId: 2, incident: 'i' }));
  expect(key({ repositoryId: 1, repository: 'old/name', incident: 'i' })).toBe(
    key({ repositoryId: 1, repository: 'new/name', incident: 'i' }),
  );
  expect(key({ repository: 'a/b' })).toBe('k');
});

test('a generic webhook is told what, and of which incident', async () => {
  const { outcomes } = await work(webhookWay(double.webhookUrl), [page('a'), over('b')]);
  expect(outcomes).toEqual([{ kind: 'handled' }, { kind: 'handled' }]);
  const common = { source: 'lastgood', repository: 'acme/models', incident: INCIDENT };
  const at = '1970-01-01T00:00:00.000Z';
  expect(double.webhook).toEqual([
    { ...common, action: 'trigger', key: 'a', severity: 'high', sentence: 'About a.', at },
    { ...common, action: 'resolve', key: 'b', sentence: 'It recovered.', at },
  ]);
});

test.each<[string, Way | undefined, string]>([
  ['an unknown form', webhookWay('http://127.0.0.1:1/'), 'This is no call that'],
  ['a setting that is gone', undefined, 'LASTGOOD_SETTING is not set any more.'],
])('%s is given up', async (_what, way, why) => {
  const item: readonly [string, Json] = way ? ['page', { key: 1 }] : page('a');
  const { outcomes, told } = await work(way, [item]);
  expect(outcomes).toEqual([{ kind: 'dead', why: expect.stringContaining(why) as string }]);
  expect(told).toEqual(['refused']);
});
