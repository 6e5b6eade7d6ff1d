/** The process dies with `kill -9` in the middle of a rollback, and another one takes its place. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyDatabase } from '../../fixtures/database.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample, sampleAlerts } from '../../fixtures/hub/sample.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import { useCleanUp } from './clean-up.ts';
import { makePlace, postAlert, SECRET, startService } from './service.ts';

const clean = useCleanUp();

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

/** Resolves at the first call at which something is so. */
function once(hub: Hub, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = hub.onCall(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

interface Death {
  readonly when: string;
  /** The call that it dies at; absent: as soon as the alert is acknowledged, whatever it is doing. */
  readonly at?: readonly ['before' | 'after', RegExp];
  /** Whether the policy asks for an approval, which is given before the death. */
  readonly reviewed?: true;
}

const MERGE = /PUT .*\/merge$/;

test.each<Death>([
  { when: 'once the alert is acknowledged' },
  { when: 'before the proposal', at: ['before', /createPullRequest/] },
  { when: 'after the proposal', at: ['after', /createPullRequest/] },
  { when: 'before the merge', at: ['before', MERGE] },
  { when: 'after the merge', at: ['after', MERGE] },
  { when: 'before the merge that was approved', at: ['before', MERGE], reviewed: true },
])('killed $when: one pull request, merged once', async ({ at, reviewed }) => {
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
  const reached = at && atWrite(hub, ...at);
  const { diversity, drift } = sampleAlerts(Date.now());
  const opened = once(hub, () => repository.pulls().length > 0);
  const message = alertmanagerMessage(reviewed ? drift : diversity);
  expect(await postAlert(first.url, message)).toBe(202);
  if (reviewed) {
    await opened;
    await hub.as('bob').review(repository, 1, 'approve');
  }
  await reached;
  await first.kill();

  const merged = once(hub, () => repository.pulls().some((pull) => pull.mergedAt !== undefined));
  const second = await startService(env);
  clean.push(() => second.kill());
  app.webhook(`${second.url}${WEBHOOK_PATH}`, SECRET);
  await merged;
  expect(repository.pulls()).toHaveLength(1);
  const log = await repository.log('main', 3);
  expect(log.filter(({ message }) => message.includes('Lastgood-Target:'))).toHaveLength(1);
});
