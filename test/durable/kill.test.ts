/** The process dies with `kill -9` in the middle of a rollback, and another one takes its place. */
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { copyDatabase } from '../../fixtures/database.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample, sampleAlerts } from '../../fixtures/hub/sample.ts';
import { WEBHOOK_PATH } from '../../src/serve.ts';
import { makePlace, postAlert, SECRET, startService } from './service.ts';

const clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of clean.splice(0).reverse()) await one();
});

/** Resolves when the hub is about to perform, or has performed, the n-th writing call. */
function atWrite(hub: Hub, phase: 'before' | 'after', field: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const stop = hub.onCall((now, { fields, method, path }) => {
      if (now !== phase || !field.test(`${fields.join(' ')} ${method} ${path}`)) return undefined;
      stop();
      resolve();
      // The process is gone before an answer could reach it.
      return 'reset';
    });
  });
}

test.each([
  ['before', 'the proposal', /createPullRequest/],
  ['after', 'the proposal', /createPullRequest/],
  ['before', 'the merge', /PUT .*\/merge$/],
  ['after', 'the merge', /PUT .*\/merge$/],
] as const)('killed %s %s: one pull request, merged once', async (phase, _, field) => {
  const hub = await startHub();
  clean.push(() => hub.stop());
  const { app, repository } = await buildSample(hub);
  const place = await makePlace(hub.url, app, ['acme/ml-manifests']);
  clean.push(() => place.remove());
  const env = await place.env();
  await copyDatabase(join(place.folder, 'store'));
  const first = await startService(env);
  clean.push(() => first.kill());
  app.webhook(`${first.url}${WEBHOOK_PATH}`, SECRET);
  const reached = atWrite(hub, phase, field);
  const message = alertmanagerMessage(sampleAlerts(Date.now()).diversity);
  expect(await postAlert(first.url, message)).toBe(202);
  await reached;
  await first.kill();

  const merged = new Promise<void>((resolve) => {
    const stop = hub.onCall(() => {
      if (repository.pulls().some(({ mergedAt }) => mergedAt !== undefined)) {
        stop();
        resolve();
      }
    });
  });
  const second = await startService(env);
  clean.push(() => second.kill());
  app.webhook(`${second.url}${WEBHOOK_PATH}`, SECRET);
  await merged;
  expect(repository.pulls()).toHaveLength(1);
  const log = await repository.log('main', 3);
  expect(log.filter(({ message }) => message.includes('Lastgood-Target:'))).toHaveLength(1);
});
