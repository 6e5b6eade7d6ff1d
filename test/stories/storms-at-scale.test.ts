/** Storms as they arrive: over HTTP, in batches and alone, side by side, with what fires and what resolves mixed. */
import { expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { featuresText, messageFor, modelText, useStories } from './support.ts';

const stories = useStories();

// For a machine with other things to do.
vi.setConfig({ testTimeout: 90_000 });

/** Posts so many bodies with so many clients side by side; fails when one is not taken. */
async function postAll(bodies: readonly unknown[], clients = 16): Promise<void> {
  let next = 0;
  const post = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      expect(await stories.stage.send('alertmanager', body)).toMatchObject({ status: 202 });
    }
  };
  await Promise.all(Array.from({ length: clients }, post));
}

test('ten thousand alerts of one incident: one pull request, and as many calls as for one alert', async () => {
  const quiet = await stories.plant('one-alert');
  const calls = await stories.callsOf(() => stories.alert(quiet));
  const model = await stories.plant('ten-thousand');
  const message = messageFor(model, stories.time);
  const [alert] = message.alerts;
  const alerts = Array.from({ length: 10_000 }, (_, i) => ({
    ...alert,
    labels: { ...alert?.labels, instance: `server-${i % 9_000}` },
    fingerprint: (i % 9_000).toString(16).padStart(16, '0'),
    // Some of the repeats say that it is over.
    ...(i >= 9_900 && { status: 'resolved', endsAt: new Date(stories.time.clock()).toISOString() }),
  }));
  const batches = Array.from({ length: 99 }, (_, i) => ({
    ...message,
    alerts: alerts.slice(i * 100, i * 100 + 100),
  }));
  const singles = alerts.slice(9_900).map((one) => ({ ...message, alerts: [one] }));
  const storm = await stories.callsOf(() => postAll([...batches, ...singles]));
  expect(model.pulls().map(({ state, mergedAt }) => [state, mergedAt !== undefined])).toEqual([
    ['closed', true],
  ]);
  // The first one also makes the branches of the state and the journal.
  const known = calls.filter((call) => call !== 'POST /git/refs');
  expect(storm.sort()).toEqual(known.sort());
});

const MODELS = 300;
const OPEN = 12;

test('three hundred models fail at once: no merge, one notice, as many pull requests as the budget allows', async () => {
  const { repository } = stories;
  const names = Array.from({ length: MODELS }, (_, i) => `fleet-${i}`);
  const filesOf = (version: string, features: string) =>
    Object.fromEntries(
      names.flatMap((name) => [
        [`models/${name}/model.yaml`, modelText(name, version)],
        [`models/${name}/features.yaml`, featuresText(name, features)],
      ]),
    );
  const policies = Object.fromEntries(
    names.map((name) => [`.lastgood/${name}.yaml`, policyText(name)]),
  );
  const now = stories.time.clock();
  const from = stories.stage.journal.length;
  await stories.after(() =>
    repository.commits([
      {
        by: 'bob',
        at: now - 9 * DAY,
        message: 'Start the fleet',
        files: {
          ...filesOf('1.10', 'f-10'),
          ...policies,
          '.lastgood/repository.yaml': `limits: { merge: 500 per 24h, open: ${OPEN} per 24h }\n`,
        },
      },
      { by: 'erin', at: now - 5 * HOUR, message: 'Ship 1.11', files: filesOf('1.11', 'f-11') },
    ]),
  );
  // What the stories before opened is out of the budget's window.
  await stories.pass(2 * DAY);
  const before = repository.pulls().length;
  const bodies = names.map((name) => {
    const model = { name } as Parameters<typeof messageFor>[0];
    return messageFor(model, stories.time, { startsAt: stories.time.clock() - 7 * MINUTE });
  });
  const calls = await stories.callsOf(async () => {
    await postAll(bodies.slice(0, 5), 1);
    await postAll(bodies.slice(5));
    stories.time.advance(30 * SECOND);
    await postAll(bodies.slice(0, 50));
  });
  const pulls = repository.pulls().slice(before);
  const merged = pulls.filter(({ mergedAt }) => mergedAt !== undefined);
  expect(pulls).toHaveLength(OPEN);
  // Those whose alerts came before it was known to be a storm.
  expect(merged.length).toBeLessThan(5);
  const entries = stories.stage.journal.slice(from);
  const ofStorm = entries.filter((entry) =>
    (entry.kind === 'paged' ? entry.key : entry.kind).startsWith('storm'),
  );
  expect(ofStorm.map(({ kind }) => kind)).toEqual(['storm', 'paged']);
  const opened = entries.filter(({ kind }) => kind === 'proposed');
  expect(opened).toHaveLength(OPEN);
  expect(calls.length).toBeLessThan(12 * OPEN);
});

function policyText(name: string): string {
  return stringify({
    extends: 'online-critical',
    model: name,
    owners: ['@acme/fraud-ml'],
    notify: { issue: false },
    environments: {
      production: {
        pins: {
          model: {
            file: `models/${name}/model.yaml`,
            path: 'spec.storageUri',
            version: `s3://models/${name}/{version}/model`,
          },
          features: { file: `models/${name}/features.yaml`, path: 'data.snapshot' },
        },
      },
    },
  });
}
