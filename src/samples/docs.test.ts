import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KnownSeries } from './bind-samples.ts';
import { createSamplesReceiver } from './http-receiver.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/monitors.md', import.meta.url), 'utf8');
const [, script = '', output = ''] =
  /^```sh\n(curl.*?)^```\n\n```text\n(.*?)^```$/ms.exec(page) ?? [];
const TOKEN = 'correct-horse-battery-staple';
const KNOWN: KnownSeries = new Map([
  [
    'recommender',
    [
      {
        target: { model: 'recommender', environment: 'production' },
        series: new Set(['diversity']),
      },
    ],
  ],
]);

const receive = createSamplesReceiver({
  sources: [{ name: 'a', auth: { kind: 'bearer', token: TOKEN }, repositories: ['acme/models'] }],
  known: () => Promise.resolve(KNOWN),
  accept: () => Promise.resolve(),
  clock: () => Date.parse('2026-11-20T02:19:00Z'),
});
const server = createServer((req, res) => {
  void receive(req, res);
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A machine without it cannot run what the page says; all others must. */
function hasCurl(): boolean {
  try {
    execFileSync('which', ['curl']);
    return true;
  } catch {
    return false;
  }
}

describe('docs/monitors.md', () => {
  it.skipIf(!hasCurl())('shows what a shell shows', async () => {
    expect(script).toContain('/metrics/samples');
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, TOKEN, LASTGOOD_URL: `http://127.0.0.1:${port}` };
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { env });
    expect(stdout).toBe(output);
  });

  it('names every reason for not taking a sample', () => {
    const source = readFileSync(new URL('./sample-problem.ts', import.meta.url), 'utf8');
    const union = source.slice(source.indexOf('SampleProblemKind'), source.indexOf(';\n'));
    const kinds = [...union.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(8);
    for (const kind of kinds) expect(page).toContain(`\`${kind}\``);
  });
});
