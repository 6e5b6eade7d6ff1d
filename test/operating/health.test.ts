import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { createManualTime } from '../../fixtures/manual-time.ts';
import { startStage, type Stage, type StageOptions } from '../../fixtures/stage.ts';
import { MINUTE } from '../../src/time.ts';
import { NIGHT, refuseAny } from '../receive/support.ts';

const time = createManualTime(NIGHT);
let stage: Stage | undefined;
afterEach(async () => {
  const violations = stage?.hub.violations ?? [];
  await stage?.stop();
  stage = undefined;
  refuseAny(violations);
});

async function stageWith(options: StageOptions = {}): Promise<(path: string) => Promise<string>> {
  const started = await startStage({ time, contract: createContract(), lent: true, ...options });
  stage = started;
  return async (path) => {
    const response = await fetch(`${started.serving.url}${path}`);
    return `${response.status} ${await response.text()}`;
  };
}

test('starting: alive, and not ready until it is known which repositories there are', async () => {
  const get = await stageWith({
    prepare: (hub) =>
      hub.faults.add({ path: /^\/app\/installations$/, times: 3, answer: TROUBLE.unavailable }),
  });
  expect(await get('/healthz')).toBe('200 Alive.\n');
  expect(await get('/readyz')).toBe(
    '503 Not serving yet: GitHub has not said which repositories there are. Send it again in a moment.\n',
  );
  time.advance(MINUTE);
  await stage?.quiet();
  expect(await get('/readyz')).toBe('200 Serving.\n');
});

test('GitHub and git are gone while it serves: ready all the same, and it says so', async () => {
  const get = await stageWith();
  if (!stage) throw new Error('There is no stage.');
  const { hub, sample } = stage;
  expect(await get('/readyz')).toBe('200 Serving.\n');
  hub.faults.add({ path: /./, times: 1_000, answer: TROUBLE.unavailable });
  await sample.repository.commit({ by: 'bob', message: 'Move', files: { 'x.txt': 'x' } });
  await stage.quiet();
  time.advance(2 * MINUTE);
  await stage.quiet();
  expect(await get('/readyz')).toMatch(
    /^200 Serving\.\nGitHub has not answered since 2026-11-20 \d\d:\d\d:\d\d UTC: what arrives waits until it does\.\nOne mirror could not be fetched; the log says why\.\n$/,
  );
  expect(await get('/healthz')).toBe('200 Alive.\n');
  hub.faults.clear();
});

test('stopping: not ready, as far as it still answers', async () => {
  await stageWith();
  if (!stage) throw new Error('There is no stage.');
  const socket = connect(Number(new URL(stage.serving.url).port), '127.0.0.1');
  socket.setEncoding('utf8').write('GET /readyz HTTP/1.1\r\nhost: x\r\n');
  // Somebody else's answer: by then the server has heard the first one begin.
  await fetch(`${stage.serving.url}/healthz`);
  const closing = stage.serving.close();
  socket.write('\r\n');
  const [reply] = (await once(socket, 'data')) as [string];
  expect(reply).toMatch(/^HTTP\/1\.1 503 /);
  expect(reply).toMatch(/\r\n\r\nStopping\. Send it again in a moment\.\n$/);
  await closing;
});
