import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createLineCleaner } from './log.ts';
import { secretsOf } from './secrets-of.ts';
import { readSettings } from './settings.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Every setting that is a secret, or has one in it, with a value that nothing else has. */
const SECRETS = {
  WEBHOOK_SECRET: 'the-secret-of-the-webhook',
  PRIVATE_KEY: privateKey.trim(),
  DATABASE_URL: 'postgres://lastgood:the%2Fpassword%20there@db.example/lastgood',
  LASTGOOD_METRICS_TOKEN: 'the-token-of-those-who-scrape',
  LASTGOOD_ADMIN_TOKEN: 'the-token-of-those-who-look-in',
  LASTGOOD_PAGE_URL: 'https://pages.example/the-path-is-the-secret',
  LASTGOOD_PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
  LASTGOOD_SLACK_BOT_TOKEN: 'xoxb-the-token-of-the-bot',
  LASTGOOD_SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/the-secret',
  LASTGOOD_SLACK_SIGNING_SECRET: 'the-secret-that-signs-what-slack-sends',
};
const FILES: Readonly<Record<string, string>> = {
  'sources.yaml': `- { name: a, token: the-token-of-the-sender-a, repositories: [acme/models] }
- { name: b, hmac: the-secret-of-the-sender-b, repositories: [acme/models] }
`,
  'servers.yaml': `- { name: a, url: 'https://a.example', token: the-token-of-server-a, repositories: [acme/models] }
- { name: b, url: 'https://b.example', user: lastgood, password: the-password-of-b, repositories: [acme/models] }
`,
};

test('the log takes out every secret of the settings, in each form in which it is sent', () => {
  const settings = readSettings(
    {
      APP_ID: '1',
      ...SECRETS,
      LASTGOOD_SOURCES_FILE: 'sources.yaml',
      LASTGOOD_METRIC_SERVERS_FILE: 'servers.yaml',
    },
    (path) => FILES[path] ?? '',
  );
  const said = [
    ...Object.values(SECRETS),
    'the%2Fpassword%20there',
    'the/password there',
    'the-token-of-the-sender-a',
    'the-secret-of-the-sender-b',
    'the-token-of-server-a',
    'the-password-of-b',
    Buffer.from('lastgood:the-password-of-b').toString('base64'),
  ];
  const clean = createLineCleaner(secretsOf(settings));
  for (const secret of said) {
    expect(clean(JSON.stringify({ err: { message: `It said ${secret}.` } }))).toBe(
      JSON.stringify({ err: { message: 'It said [secret].' } }),
    );
  }
});

test.each([
  ['authorization: Basic bGFzdGdvb2Q6dGhlLXBhc3N3b3Jk', 'authorization: [secret]'],
  ['Bearer 0123456789abcdef0123456789', '[secret]'],
  ['postgres://lastgood:hunter2@db.example/x', 'postgres://[secret]@db.example/x'],
  ['https://x-access-token:abc@github.com/a/b.git', 'https://[secret]@github.com/a/b.git'],
  ['xoxb-123456789012-abcdef', '[secret]'],
  ['whsec and Basic authentication, or a bearer token', undefined],
  ['http://127.0.0.1:8080/a@b, https://github.com/@acme', undefined],
  ['{"url":"http://127.0.0.1:80","by":"alice@acme.example"}', undefined],
])('what looks like credentials is taken out, whoever they are of: %s', (text, cleaned) => {
  expect(createLineCleaner([])(text)).toBe(cleaned ?? text);
});
