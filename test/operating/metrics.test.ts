import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alert, useReception } from '../receive/support.ts';

const TOKEN = 'the-token-of-those-who-scrape';
const reception = useReception({ settings: { metricsToken: TOKEN } });
const PROMTOOL = '/usr/bin/promtool';

async function scrape(authorization = `Bearer ${TOKEN}`) {
  const { url } = reception.stage.serving;
  const response = await fetch(`${url}/metrics`, { headers: { authorization } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The samples of Lastgood's own metrics, by name and labels. */
async function samples(): Promise<ReadonlyMap<string, number>> {
  const { text } = await scrape();
  const lines = text.split('\n').filter((line) => line.startsWith('lastgood_'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

test('the figures move with a story', async () => {
  const before = await samples();
  // GitHub takes its time to open the pull request, and more of it to merge.
  const stop = reception.stage.hub.onCall((phase, { fields, path }) => {
    if (phase !== 'before') return undefined;
    if (fields.includes('createPullRequest')) reception.time.advance(2_000);
    if (path.endsWith('/merge')) reception.time.advance(3_000);
    return undefined;
  });
  await reception.after(() => reception.post('/alerts/generic', alert()));
  stop();
  const after = await samples();
  const moved = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(moved('lastgood_decisions_total{act="merge",reason="policy"}')).toBe(1);
  expect(moved('lastgood_rollbacks_total{outcome="proposed"}')).toBe(1);
  expect(moved('lastgood_rollbacks_total{outcome="merged"}')).toBe(1);
  expect(moved('lastgood_rollback_phase_seconds_sum{phase="propose"}')).toBe(2);
  expect(moved('lastgood_rollback_phase_seconds_sum{phase="merge"}')).toBe(3);
  expect(moved('lastgood_github_call_seconds_count{kind="merge",outcome="ok"}')).toBe(1);
  expect(moved('lastgood_github_call_seconds_count{kind="graphql",outcome="ok"}')).toBeGreaterThan(
    0,
  );
  expect(after.get('lastgood_github_rate_limit_remaining{resource="core"}')).toBe(4_999);
  expect(after.get('lastgood_database_up')).toBe(1);
  expect(after.get('lastgood_inbox_waiting')).toBe(0);
  expect(after.get('lastgood_inbox_dead')).toBe(0);
  expect(after.get('lastgood_mirrors')).toBe(2);
  reception.time.advance(60_000);
  expect((await samples()).get('lastgood_mirror_age_seconds')).toBeGreaterThanOrEqual(60);
  // One that waits for people is seen to.
  const review = { model: 'fraud-detector', severity: 'medium', name: 'Slow' };
  await reception.after(() => reception.post('/alerts/generic', alert(review)));
  const waiting = 'lastgood_rollbacks_open{waiting_for="approval"}';
  expect((await samples()).get(waiting)).toBe(1);
});

test('names that come from outside are no labels', async () => {
  await reception.after(() =>
    reception.post('/alerts/generic', alert({ name: 'OutsideName', model: 'outside-model' })),
  );
  expect((await scrape()).text).not.toMatch(/outside/i);
});

test.skipIf(!existsSync(PROMTOOL))('Prometheus takes the format, and finds no fault', async () => {
  const { text } = await scrape();
  expect(execFileSync(PROMTOOL, ['check', 'metrics'], { input: text }).toString()).toBe('');
});

test('the content type is that of the text format', async () => {
  expect((await scrape()).headers.get('content-type')).toBe(
    'text/plain; version=0.0.4; charset=utf-8',
  );
});

test.each(['', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`])(
  'with a token set, %j gets nothing',
  async (authorization) => {
    const { status, text, headers } = await scrape(authorization);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(text).toBe(
      'Not authorised. Scrape with the bearer token that LASTGOOD_METRICS_TOKEN says.\n',
    );
  },
);

test('only reading is possible', async () => {
  const response = await fetch(`${reception.stage.serving.url}/metrics`, { method: 'POST' });
  expect(response.status).toBe(405);
});
