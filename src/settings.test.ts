import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

const key = (type: 'pkcs1' | 'pkcs8') =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type, format: 'pem' })
    .toString();
const PEM = key('pkcs1');
const SECRET = 'webhook-secret-of-the-app';
const ENV = { APP_ID: '123456', PRIVATE_KEY: PEM, WEBHOOK_SECRET: SECRET };

const FILES: Record<string, string> = {
  'key.pem': PEM,
  'not-a-key.pem': 'do not show this',
  'servers.yaml': `- name: main\n  url: https://prometheus.example\n  tokenEnv: TOKEN\n  repositories: [acme/models]\n`,
  'sources.yaml': `- name: alertmanager\n  tokenEnv: TOKEN\n  repositories: [acme/models]\n`,
};

function readFile(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  return text;
}

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings({ ...ENV, ...env }, readFile);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('readSettings', () => {
  it('needs three variables, and has a default for every other', () => {
    expect(readSettings(ENV, readFile)).toEqual({
      appId: 123456,
      privateKey: PEM.trim(),
      webhookSecret: SECRET,
      port: 3000,
      host: '127.0.0.1',
      apiUrl: 'https://api.github.com',
      dataFolder: './data',
      logLevel: 'info',
      sources: [],
      metricServers: [],
    });
  });

  it('reads every variable', () => {
    const token = 'correct-horse-battery-staple';
    const env = {
      APP_ID: ' 7 ',
      PRIVATE_KEY: '',
      PRIVATE_KEY_PATH: 'key.pem',
      WEBHOOK_SECRET: SECRET,
      PORT: '0',
      HOST: '::',
      GITHUB_API_URL: 'http://127.0.0.1:8080/api/v3/',
      LASTGOOD_DATA: '/var/lib/lastgood',
      LOG_LEVEL: 'debug',
      LASTGOOD_SOURCES_FILE: 'sources.yaml',
      LASTGOOD_METRIC_SERVERS_FILE: 'servers.yaml',
      TOKEN: token,
    };
    expect(readSettings(env, readFile)).toEqual({
      appId: 7,
      privateKey: PEM.trim(),
      webhookSecret: SECRET,
      port: 0,
      host: '::',
      apiUrl: 'http://127.0.0.1:8080/api/v3',
      dataFolder: '/var/lib/lastgood',
      logLevel: 'debug',
      sources: [
        { name: 'alertmanager', auth: { kind: 'bearer', token }, repositories: ['acme/models'] },
      ],
      metricServers: [
        {
          name: 'main',
          url: 'https://prometheus.example',
          auth: { kind: 'bearer', token },
          repositories: ['acme/models'],
          timeout: 5_000,
          concurrency: 8,
        },
      ],
    });
  });

  it.each(['pkcs1', 'pkcs8'] as const)(
    'takes a key in %s, its line ends written as \\n',
    (type) => {
      const pem = key(type);
      const written = pem.replaceAll('\n', String.raw`\n`);
      expect(readSettings({ ...ENV, PRIVATE_KEY: written }, readFile).privateKey).toBe(pem.trim());
    },
  );

  test.each([
    [
      { APP_ID: 'abc' },
      'APP_ID: expected the App\'s id, a number from its settings page, found "abc". Example: APP_ID=123456',
    ],
    [
      { APP_ID: undefined },
      "APP_ID: expected the App's id, a number from its settings page, found nothing. Example: APP_ID=123456",
    ],
    [{ APP_ID: '0' }, 'found "0"'],
    [{ APP_ID: '1e3' }, 'found "1e3"'],
    [
      { PRIVATE_KEY: undefined },
      "PRIVATE_KEY: expected the App's private key in PEM, or the path of its file in PRIVATE_KEY_PATH, found nothing.",
    ],
    [
      { PRIVATE_KEY: 'do not show this' },
      "PRIVATE_KEY: expected the App's RSA private key in PEM, line ends as they are or as \\n, found something else.",
    ],
    [
      { PRIVATE_KEY_PATH: 'key.pem' },
      'PRIVATE_KEY_PATH: expected nothing when PRIVATE_KEY is set, found both.',
    ],
    [
      { PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'gone.pem' },
      'PRIVATE_KEY_PATH: expected the path of a file that can be read, found "gone.pem" (ENOENT).',
    ],
    [
      { PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'not-a-key.pem' },
      "PRIVATE_KEY_PATH: expected the App's RSA private key in PEM",
    ],
    [
      { WEBHOOK_SECRET: 'do not show' },
      "WEBHOOK_SECRET: expected the webhook secret of the App's settings page, at least 16 characters, found something else.",
    ],
    [{ PORT: '65536' }, 'PORT: expected a port from 0 to 65535, found "65536". Example: PORT=3000'],
    [{ PORT: '-1' }, 'PORT: '],
    [
      { LASTGOOD_ADMIN_TOKEN: 'do not show this' },
      'LASTGOOD_ADMIN_TOKEN: expected a token of at least 24 characters without blanks, found something else.',
    ],
    [{ LASTGOOD_METRICS_TOKEN: 'a'.repeat(23) }, 'LASTGOOD_METRICS_TOKEN: expected a token'],
    [
      { LASTGOOD_PAGE_URL: 'ftp://do:not@show/this' },
      'LASTGOOD_PAGE_URL: expected an address that begins with https:// or http://, found something else.',
    ],
    [
      { LASTGOOD_PAGERDUTY_KEY: 'do not show' },
      'LASTGOOD_PAGERDUTY_KEY: expected the integration key of an Events API v2 integration, 32 letters and digits, found something else.',
    ],
    [
      { LASTGOOD_PAGERDUTY_URL: 'http://events.example/v2/enqueue' },
      'LASTGOOD_PAGERDUTY_URL: expected an https address without user, query or fragment, found',
    ],
    [
      { LASTGOOD_SLACK_BOT_TOKEN: 'do not show' },
      "LASTGOOD_SLACK_BOT_TOKEN: expected the Slack app's bot token, which begins with xoxb-, found something else.",
    ],
    [
      { LASTGOOD_SLACK_WEBHOOK_URL: 'http://hooks.slack.com/do not show' },
      'LASTGOOD_SLACK_WEBHOOK_URL: expected the address of an incoming webhook of Slack, found something else.',
    ],
    [
      { LASTGOOD_SLACK_SIGNING_SECRET: 'short' },
      'LASTGOOD_SLACK_SIGNING_SECRET: expected the signing',
    ],
    [
      { HOST: 'http://x' },
      'HOST: expected an address or a host name to listen on, found "http://x". Example: HOST=0.0.0.0',
    ],
    [
      { GITHUB_API_URL: 'api.github.com' },
      'GITHUB_API_URL: expected an http or https address without user, query or fragment, found "api.github.com".',
    ],
    [{ GITHUB_API_URL: 'https://me:do not show@x' }, 'found "https://…@x"'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, found "loud".',
    ],
    [
      { LASTGOOD_SOURCES_FILE: 'gone.yaml' },
      'LASTGOOD_SOURCES_FILE: expected the path of a file that can be read, found "gone.yaml" (ENOENT).',
    ],
    [
      { LASTGOOD_SOURCES_FILE: 'sources.yaml' },
      'LASTGOOD_SOURCES_FILE: $[0].tokenEnv: the environment variable TOKEN is not set',
    ],
    [
      { LASTGOOD_METRIC_SERVERS_FILE: 'servers.yaml' },
      'LASTGOOD_METRIC_SERVERS_FILE: $[0].tokenEnv: the environment variable TOKEN is not set',
    ],
  ])('explains %j', (env, words) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
    expect(problems[0]).not.toContain('do not show');
  });

  it('tells every mistake at once', () => {
    expect(() => readSettings({ PORT: 'x' }, readFile)).toThrow(
      /^Lastgood cannot start:\n- APP_ID: .*\n- PRIVATE_KEY: .*\n- WEBHOOK_SECRET: .*\n- PORT: .*$/,
    );
  });

  it('has each of its variables in .env.example, with its default', () => {
    const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const example = parseEnv(text);
    const settings = readSettings({ ...example, ...ENV }, readFile);
    expect(settings).toEqual(readSettings(ENV, readFile));
    expect(Object.keys(example).sort()).toEqual([
      'APP_ID',
      'DATABASE_URL',
      'GITHUB_API_URL',
      'HOST',
      'LASTGOOD_ADMIN_TOKEN',
      'LASTGOOD_DATA',
      'LASTGOOD_METRICS_TOKEN',
      'LASTGOOD_METRIC_SERVERS_FILE',
      'LASTGOOD_PAGERDUTY_KEY',
      'LASTGOOD_PAGERDUTY_URL',
      'LASTGOOD_PAGE_URL',
      'LASTGOOD_SLACK_BOT_TOKEN',
      'LASTGOOD_SLACK_FILE',
      'LASTGOOD_SLACK_SIGNING_SECRET',
      'LASTGOOD_SLACK_WEBHOOK_URL',
      'LASTGOOD_SOURCES_FILE',
      'LOG_LEVEL',
      'PORT',
      'PRIVATE_KEY',
      'PRIVATE_KEY_PATH',
      'WEBHOOK_SECRET',
    ]);
  });
});
