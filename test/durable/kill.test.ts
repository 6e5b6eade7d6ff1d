/** The process dies with `kill -9` in the middle of a rollback, and another one takes its place. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { copyDatabase } from '../../fixtures/database.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { alertmanagerMessage, buildSample, sampleAlerts } from '../../fixtures/hub/sample.ts';
import { WEBHOOK_PATH } from '../../src/serve.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const TOKEN = 'a-token-of-the-alertmanager';
const SECRET = 'a-secret-of-the-webhooks';

const clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of clean.splice(0).reverse()) await one();
});

interface Service {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Starts the real process, and waits until it says that it serves. */
async function start(env: Readonly<Record<string, string>>): Promise<Service> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  clean.push(() => child.kill('SIGKILL'));
  let log = '';
  for await (const chunk of child.stdout) {
    log += String(chunk);
    const url = /"url":"([^"]+)"/.exec(log)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error(`It ended before it served:\n${log}`);
}

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
  const folder = await mkdtemp(join(tmpdir(), 'lastgood-kill-'));
  clean.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  await copyDatabase(join(folder, 'store'));
  const hub = await startHub();
  clean.push(() => hub.stop());
  const { app, repository } = await buildSample(hub);
  await writeFile(
    join(folder, 'sources.yaml'),
    `- { name: alertmanager, token: ${TOKEN}, repositories: [acme/ml-manifests] }\n`,
  );
  await writeFile(join(folder, 'key.pem'), app.privateKey);
  const env = {
    APP_ID: String(app.id),
    PRIVATE_KEY_PATH: join(folder, 'key.pem'),
    WEBHOOK_SECRET: SECRET,
    PORT: '0',
    GITHUB_API_URL: hub.url,
    LASTGOOD_DATA: folder,
    LASTGOOD_SOURCES_FILE: join(folder, 'sources.yaml'),
  };
  const first = await start(env);
  app.webhook(`${first.url}${WEBHOOK_PATH}`, SECRET);
  const reached = atWrite(hub, phase, field);
  const answer = await fetch(`${first.url}/alerts/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(alertmanagerMessage(sampleAlerts(Date.now()).diversity)),
  });
  expect(answer.status).toBe(202);
  await reached;
  const ended = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await ended;

  const merged = new Promise<void>((resolve) => {
    const stop = hub.onCall(() => {
      if (repository.pulls().some(({ mergedAt }) => mergedAt !== undefined)) {
        stop();
        resolve();
      }
    });
  });
  const second = await start(env);
  app.webhook(`${second.url}${WEBHOOK_PATH}`, SECRET);
  await merged;
  expect(repository.pulls()).toHaveLength(1);
  const log = await repository.log('main', 3);
  expect(log.filter(({ message }) => message.includes('Lastgood-Target:'))).toHaveLength(1);
});
