import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { openServer } from '../../fixtures/http/open-server.ts';
import { openMetricServers } from './metric-servers.ts';
import { inspectServers } from './inspect-servers.ts';
import type { MetricServer } from './server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ANSWER = JSON.stringify({
  status: 'success',
  data: { resultType: 'scalar', result: [1, '7'] },
});

/** A server that answers when it is told to; `held` are the questions it has not answered. */
async function serve(more: Partial<MetricServer> = {}, answers = false) {
  const held: ServerResponse[] = [];
  const arrived = Promise.withResolvers<void>();
  const { url, close } = await openServer((request, response) => {
    request.resume();
    if (answers) response.end(ANSWER);
    else held.push(response);
    arrived.resolve();
  });
  closing.push(close);
  const known = { name: 'main', url, repositories: ['acme/models'], timeout: 60, concurrency: 1 };
  return { held, arrived: arrived.promise, server: { ...known, ...more } };
}

const { signal } = new AbortController();
const MAIN = { server: 'main', repository: 'acme/models' };

test('a server that is dead keeps nobody in line longer than an answer may take, and no other server', async () => {
  // Long enough for a question to get there, however busy the machine is.
  const dead = await serve({ timeout: 500 });
  const well = await serve({ name: 'well', timeout: 5_000 }, true);
  const servers = openMetricServers([dead.server, well.server]);
  const asked = [1, 2, 3].map(() => servers.query(MAIN, 'up', 0, signal));
  const after = servers.query({ ...MAIN, server: 'well' }, 'up', 0, signal);
  expect(await after).toEqual([{ labels: {}, samples: [{ at: 1_000, value: 7 }] }]);
  await dead.arrived;
  expect(dead.held).toHaveLength(1);
  for (const one of await Promise.allSettled(asked)) {
    expect(one).toMatchObject({ status: 'rejected', reason: { reason: 'slow' } });
  }
});

test('nobody asks a server of others, or one that is not there', async () => {
  const { server } = await serve({}, true);
  const servers = openMetricServers([server]);
  for (const asking of [
    { ...MAIN, repository: 'evil/models' },
    { ...MAIN, server: 'other' },
  ]) {
    await expect(servers.query(asking, 'up', 0, signal)).rejects.toMatchObject({
      reason: 'unknown',
      message: 'there is none of that name for this repository',
    });
  }
});

test('a turn that is over waits for no answer', async () => {
  const { server } = await serve({ timeout: 5_000 });
  const turn = new AbortController();
  const servers = openMetricServers([server]);
  const asked = [1, 2].map(() => servers.query(MAIN, 'up', 0, turn.signal));
  const reason = new Error('over');
  turn.abort(reason);
  for (const one of await Promise.allSettled(asked)) expect(one).toMatchObject({ reason });
});

test('which servers answer is found out with their own credentials', async () => {
  const well = await serve({ timeout: 5_000 }, true);
  const dead = await serve({ name: 'dead' });
  expect(await inspectServers([well.server, dead.server], () => 0)).toEqual([
    { name: 'main', problem: undefined },
    { name: 'dead', problem: 'it did not answer in time' },
  ]);
});
