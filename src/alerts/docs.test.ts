import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createAlertReceiver } from './http-receiver.ts';
import { readRepositoryDispatch } from './repository-dispatch.ts';
import { readSources } from './sources-file.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}));
const examples = blocks.flatMap(({ language, text }, index) =>
  language === 'sh' ? [{ script: text, output: blocks[index + 1]?.text }] : [],
);

const ENV = {
  TOKEN: 'correct-horse-battery-staple',
  SECRET: 'a-secret-that-signs-every-body',
};

/** A machine without these cannot run what the page says; all others must. */
function hasTools(): boolean {
  try {
    for (const tool of ['curl', 'openssl']) execFileSync('which', [tool]);
    return true;
  } catch {
    return false;
  }
}

const receive = createAlertReceiver({
  sources: [
    { name: 'a', auth: { kind: 'bearer', token: ENV.TOKEN }, repositories: ['acme/models'] },
    { name: 'b', auth: { kind: 'hmac', secret: ENV.SECRET }, repositories: ['acme/models'] },
  ],
  accept: () => Promise.resolve(),
  clock: Date.now,
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

describe('docs/alerts.md', () => {
  it('has examples with their output', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.skipIf(!hasTools()).each(examples)('shows what a shell shows: $output', async (example) => {
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, ...ENV, LASTGOOD_URL: `http://127.0.0.1:${port}` };
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', example.script], { env });
    expect(stdout).toBe(example.output);
  });

  it('has a sources file that is read', () => {
    const text = blocks.find((block) => block.text.startsWith('- name: alertmanager'))?.text ?? '';
    const env = { ALERTMANAGER_TOKEN: ENV.TOKEN, DRIFT_WATCH_SECRET: ENV.SECRET };
    const reading = readSources(text, env);
    expect(reading.ok && reading.sources.map(({ name }) => name)).toEqual([
      'alertmanager',
      'drift-watch',
    ]);
  });

  it('has a dispatch that is taken', () => {
    const body = JSON.parse(blocks.find(({ language }) => language === 'json')?.text ?? '');
    const event = {
      action: body.event_type,
      client_payload: body.client_payload,
      repository: { full_name: 'acme/models' },
    };
    expect(readRepositoryDispatch(event, { now: Date.now() }).kind).toBe('taken');
  });

  it('has YAML that is YAML', () => {
    const yaml = blocks.filter(({ language }) => language === 'yaml');
    expect(yaml).toHaveLength(3);
    for (const { text } of yaml) expect(parse(text)).toBeTypeOf('object');
  });
});
