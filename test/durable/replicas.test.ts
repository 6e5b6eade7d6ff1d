/** Several processes on one PostgreSQL, under load, one of them killed with `kill -9` in the middle. */
import { describe, expect, test } from 'vitest';
import { startHub } from '../../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample } from '../../fixtures/hub/sample.ts';
import { plantModels, type PlantedModel } from '../../fixtures/plant-models.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { POSTGRES_MISSING } from '../../src/store/testing/postgres-server.fixture.ts';
import { MINUTE } from '../../src/time.ts';
import { useCleanUp } from './clean-up.ts';
import { startReplicas, usePostgres } from './replicas.ts';
import { makePlace, postAlert, runToEnd, startService } from './service.ts';

const clean = useCleanUp();

/** What Alertmanager posts about a model that has failed for some minutes. */
function messageFor({ name, repository }: PlantedModel) {
  return alertmanagerMessage(
    {
      name: 'ScoresDrift',
      model: name,
      environment: 'production',
      severity: 'critical',
      startsAt: Date.now() - 7 * MINUTE,
      summary: 'The scores have drifted',
      value: '0.31',
      threshold: '> 0.20',
    },
    repository.fullName,
  );
}

describe.skipIf(POSTGRES_MISSING)('on one PostgreSQL', () => {
  const freshDatabase = usePostgres();

  test.each([
    [2, 2, 20],
    [3, 6, 36],
  ])(
    '%i replicas, %i repositories, %i incidents: each has one pull request, merged once',
    async (replicas, repositories, incidents) => {
      const hub = await startHub();
      clean.push(() => hub.stop());
      const { app, repository: first } = await buildSample(hub);
      const places = [first];
      while (places.length < repositories) {
        places.push(await hub.repository(`acme/more-${places.length}`));
      }
      const share = incidents / repositories;
      const planted = await Promise.all(
        places.map((repository, i) =>
          plantModels(
            hub,
            repository,
            Array.from({ length: share }, (_, n) => `model-${i}-${n}`),
          ),
        ),
      );
      const models = planted.flat();
      app.install(places);

      const place = await makePlace(
        hub.url,
        app,
        places.map(({ fullName }) => fullName),
      );
      clean.push(() => place.remove());
      const url = await freshDatabase();
      const envs = await Promise.all(
        Array.from({ length: replicas }, async (_, n) => ({
          ...(await place.env(`replica-${n}`)),
          DATABASE_URL: url,
        })),
      );
      const { services, balancer } = await startReplicas(app, envs, clean);

      // Whoever opened a few pull requests is in the middle of the next.
      const killed = Promise.race(
        services.map(async (service) => {
          await service.wrote(/"msg":"proposed"/, 5);
          return service;
        }),
      ).then((service) => service.kill());
      const answers = await Promise.all(
        models.map(async (model) => {
          let status: number | undefined;
          // As Alertmanager does.
          while (status === undefined || status >= 500) {
            status = await postAlert(balancer.url, messageFor(model));
          }
          return status;
        }),
      );
      expect(new Set(answers)).toEqual(new Set([202]));
      await killed;

      const waiting = async () => {
        const back = await Promise.all(models.map((model) => model.isBack()));
        return models.filter((_, i) => !back[i]).map(({ name }) => name);
      };
      await expect.poll(waiting, { timeout: 180_000, interval: 250 }).toEqual([]);
      for (const { name, repository } of models) {
        const pulls = repository.pulls().filter(({ headRef }) => headRef.includes(`/${name}/`));
        expect(pulls.map(({ mergedAt }) => mergedAt !== undefined)).toEqual([true]);
      }
      const targets = await Promise.all(
        places.map(async (repository) => {
          const log = await repository.log('main', share + 50);
          return log.flatMap(({ message }) => /^Lastgood-Target: (.*)$/m.exec(message)?.[1] ?? []);
        }),
      );
      expect(targets.flat().sort()).toEqual(models.map(({ name }) => `production/${name}`).sort());

      const database = await openDatabase({ url });
      clean.push(() => database.close());
      // What only tidies up may go on for a while: GitHub wants a second between such writes. A sweep waits behind it,
      // and begins by the clock on the wall: in the middle of this, now and then.
      const left = `select kind, state from lastgood.item
        where state = 'dead' or (kind not in ('timer', 'sweep') and state <> 'handled')`;
      await expect.poll(() => database.query(left)).toEqual([]);
    },
    300_000,
  );
});

test('a second process on the same folder does not start, and says why', async () => {
  const hub = await startHub();
  clean.push(() => hub.stop());
  const { app } = await buildSample(hub);
  const place = await makePlace(hub.url, app, ['acme/ml-manifests']);
  clean.push(() => place.remove());
  const env = await place.env();
  const first = await startService(env);
  clean.push(() => first.kill());
  const second = await runToEnd(env);
  expect(second.status).toBe(1);
  expect(second.said.replaceAll(place.folder, '<folder>').replace(/process \d+/, 'process N'))
    .toMatchInlineSnapshot(`
      "The database in <folder>/store is in use by the process N. One process at a time may use an embedded database: stop that one, give this one a folder of its own, or run both on PostgreSQL with DATABASE_URL.
      "
    `);
});
