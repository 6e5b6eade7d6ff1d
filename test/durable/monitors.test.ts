/** Monitors of several processes on one PostgreSQL, which ask one server of metrics; one process is killed in the middle. */
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { openServer } from '../../fixtures/http/open-server.ts';
import { startHub } from '../../fixtures/hub/hub.ts';
import { buildSample } from '../../fixtures/hub/sample.ts';
import { plantModels } from '../../fixtures/plant-models.ts';
import { monitorOf } from '../../src/monitors/monitor-kinds.fixture.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { POSTGRES_MISSING } from '../../src/store/testing/postgres-server.fixture.ts';
import { SECOND } from '../../src/time.ts';
import { nextLookAfter } from '../../src/watch/look-times.ts';
import { monitorKey } from '../../src/watch/watched.ts';
import { useCleanUp } from './clean-up.ts';
import { startReplicas, usePostgres } from './replicas.ts';
import { makePlace, TOKEN } from './service.ts';

const clean = useCleanUp();

const EVERY = 5 * SECOND;
const POLICY = {
  server: 'main',
  evidence: { minAge: '0s' },
  monitors: {
    diversity: {
      query: 'diversity{model="{model}",v="{version}"}',
      regression: { worse: 'lower', by: '20%' },
      every: '5s',
      window: '30s',
      settle: '0s',
      consecutive: 2,
      urgency: 'immediate',
    },
    coverage: { series: 'coverage', threshold: { below: 0.3 }, every: '5s', urgency: 'watch' },
  },
};

interface Look {
  readonly model: string;
  readonly version: string;
  /** The moment of the look. */
  readonly end: number;
}

/** A Prometheus that has one metric of each model, and writes down what it is asked. */
async function startMetrics() {
  const looks: Look[] = [];
  const state = { bad: false };
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const form = new URLSearchParams(await text(request));
    const [, model = '', version = ''] =
      /model="([^"]+)",v="([^"]+)"/.exec(form.get('query') ?? '') ?? [];
    const [start, end, step] = ['start', 'end', 'step'].map((key) => Number(form.get(key)));
    looks.push({ model, version, end: (end ?? 0) * SECOND });
    const values: [number, string][] = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step || 1) {
      values.push([at, version === '1.11' && state.bad ? '0.04' : '0.73']);
    }
    return { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } };
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await answer(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
  const server = await openServer(respond);
  clean.push(() => server.close());
  return { url: server.url, looks, state };
}

/** Which of a monitor's looks a moment belongs to. */
function tickOf({ model, end }: Look): number {
  const key = monitorKey(`production/${model}`, 'diversity');
  return nextLookAfter(key, { ...monitorOf('threshold'), every: EVERY }, false, end);
}

describe.skipIf(POSTGRES_MISSING)('on one PostgreSQL', () => {
  const freshDatabase = usePostgres();

  test('two replicas look once a tick between them, go on when one is killed, and roll back once', async () => {
    const metrics = await startMetrics();
    const hub = await startHub();
    clean.push(() => hub.stop());
    const { app, repository: first } = await buildSample(hub);
    const second = await hub.repository('acme/more');
    const places = [first, second];
    const planted = await Promise.all(
      places.map((repository, i) =>
        plantModels(hub, repository, [`ranker-${i}`, `scorer-${i}`], POLICY),
      ),
    );
    const models = planted.flat();
    app.install(places);
    const names = places.map(({ fullName }) => fullName);
    const place = await makePlace(hub.url, app, names);
    clean.push(() => place.remove());
    const servers = join(place.folder, 'servers.yaml');
    await writeFile(
      servers,
      `- { name: main, url: "${metrics.url}", repositories: [${names.join(', ')}] }\n`,
    );
    const url = await freshDatabase();
    const more = { DATABASE_URL: url, LASTGOOD_METRIC_SERVERS_FILE: servers };
    const envs = await Promise.all(
      ['one', 'two'].map(async (name) => ({ ...(await place.env(name)), ...more })),
    );
    const { services } = await startReplicas(app, envs, clean);

    const looksOf = (name: string, from = 0) =>
      metrics.looks.filter(
        ({ model, version, end }) => model === name && version === '1.11' && end > from,
      );
    const fewest = (from = 0) => Math.min(...models.map(({ name }) => looksOf(name, from).length));
    await expect.poll(() => fewest(), { timeout: 120_000 }).toBeGreaterThanOrEqual(4);
    const once = models.map(({ name }) => looksOf(name).map(tickOf));
    for (const ticks of once) expect(new Set(ticks).size).toBe(ticks.length);

    // Whichever replica somebody sends to knows what the monitors read.
    for (const [i, { name, repository }] of models.entries()) {
      const at = new Date().toISOString();
      const sample = { repository: repository.fullName, model: name, series: 'coverage', at };
      const to = services[i % services.length]?.url ?? '';
      const response = await fetch(`${to}/metrics/samples`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({ ...sample, value: 0.9 }),
      });
      expect([response.status, await response.text()]).toEqual([
        202,
        `1 sample taken for ${repository.fullName}: "coverage" of production/${name}\n`,
      ]);
    }
    const database = await openDatabase({ url });
    clean.push(() => database.close());
    const kept = `select count(*)::integer as kept from lastgood.document
      where kind = 'monitor' and key like '% coverage' and value like '%"value":[0.9]%'`;
    await expect.poll(() => database.query(kept)).toEqual([{ kept: models.length }]);

    const killedAt = Date.now();
    await services[0]?.kill();
    await expect.poll(() => fewest(killedAt), { timeout: 120_000 }).toBeGreaterThanOrEqual(4);
    for (const { name } of models) {
      const ticks = looksOf(name).map(tickOf);
      // The look in which the process died is made again.
      expect(new Set(ticks).size).toBeGreaterThanOrEqual(ticks.length - 1);
    }

    metrics.state.bad = true;
    const waiting = async () => {
      const back = await Promise.all(models.map((model) => model.isBack()));
      return models.filter((_, i) => !back[i]).map(({ name }) => name);
    };
    await expect.poll(waiting, { timeout: 120_000, interval: 250 }).toEqual([]);
    for (const { name, repository } of models) {
      const pulls = repository.pulls().filter(({ headRef }) => headRef.includes(`/${name}/`));
      expect(pulls.map(({ mergedAt }) => mergedAt !== undefined)).toEqual([true]);
    }
  }, 240_000);
});
