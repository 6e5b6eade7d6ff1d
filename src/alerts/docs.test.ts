import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createAlertReceiver } from './http-receiver.ts';
import { readRepositoryDispatch } from './repository-dispatch.ts';
import { hasTools, useShell } from './shell-example.fixture.ts';
import { readSources } from './sources-file.ts';

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

const receive = createAlertReceiver({
  sources: [
    { name: 'a', auth: { kind: 'bearer', token: ENV.TOKEN }, repositories: ['acme/models'] },
    { name: 'b', auth: { kind: 'hmac', secret: ENV.SECRET }, repositories: ['acme/models'] },
  ],
  accept: () => Promise.resolve(),
  clock: Date.now,
});
const shell = useShell(receive);

describe('docs/alerts.md', () => {
  it('has examples with their output', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.skipIf(!hasTools('curl', 'openssl')).each(examples)(
    'shows what a shell shows: $output',
    async (example) => {
      expect(await shell(example.script, ENV)).toBe(example.output);
    },
  );

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
