import { describe, expect, it, test } from 'vitest';
import { readServers } from './servers-file.ts';

const HEAD =
  '- name: main\n  url: https://prometheus.example/base/\n  repositories: [acme/models]\n';
const PEM = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
const ENV = { TOKEN: 'do-not-show-this', BLANK: 'do not show' };

function readFile(path: string): string {
  if (path === 'ca.pem') return PEM;
  if (path === 'key.pem') return 'do-not-show-this';
  throw Object.assign(new Error(path), { code: 'ENOENT' });
}

const plain = {
  name: 'main',
  url: 'https://prometheus.example/base',
  repositories: ['acme/models'],
  timeout: 5_000,
  concurrency: 8,
};

describe('readServers', () => {
  test.each([
    ['', plain],
    ['  tokenEnv: TOKEN\n', { ...plain, auth: { kind: 'bearer', token: 'do-not-show-this' } }],
    ['  token: a-token\n', { ...plain, auth: { kind: 'bearer', token: 'a-token' } }],
    [
      '  user: me\n  passwordEnv: TOKEN\n',
      { ...plain, auth: { kind: 'basic', user: 'me', password: 'do-not-show-this' } },
    ],
    [
      '  ca: ca.pem\n  timeout: 2s\n  concurrency: 1\n  insecure: true\n',
      { ...plain, ca: PEM, timeout: 2_000, concurrency: 1, insecure: true },
    ],
  ])('reads %j', (lines, server) => {
    expect(readServers(HEAD + lines, ENV, readFile)).toEqual({ ok: true, servers: [server] });
  });

  it('takes an empty file for no servers', () => {
    expect(readServers('# none yet\n', {}, readFile)).toEqual({ ok: true, servers: [] });
  });

  it('sends credentials unencrypted to this machine, and elsewhere only where that is allowed', () => {
    const server = (url: string, more = '') =>
      readServers(
        `- name: a\n  url: ${url}\n  token: a-token\n  repositories: [a/b]\n${more}`,
        {},
        readFile,
      ).ok;
    expect(server('http://127.0.0.1:9090')).toBe(true);
    expect(server('http://prometheus:9090')).toBe(false);
    expect(server('http://prometheus:9090', '  insecure: true\n')).toBe(true);
  });

  test.each([
    [
      'an address with a password',
      '- name: a\n  url: "https://me:do-not-show@x"\n  repositories: [a/b]\n',
      '$[0].url: expected an http or https address without user, query or fragment.',
    ],
    [
      'another protocol',
      '- name: a\n  url: "file:///do-not-show"\n  repositories: [a/b]\n',
      '$[0].url: expected an http or https address without user, query or fragment.',
    ],
    [
      'credentials in the clear',
      '- name: a\n  url: http://x\n  token: do-not-show\n  repositories: [a/b]\n',
      '$[0]: expected https, where there are credentials: on the way others could read them; `insecure: true` allows that, found an object.',
    ],
    [
      'two credentials',
      `${HEAD}  token: do-not-show\n  tokenEnv: TOKEN\n`,
      '$[0]: expected at most one of token, tokenEnv, password, passwordEnv, found an object.',
    ],
    [
      'a user without a password',
      `${HEAD}  user: me\n`,
      '$[0]: expected user together with password or passwordEnv, found an object.',
    ],
    [
      'an unset variable',
      `${HEAD}  tokenEnv: NOPE\n`,
      '$[0].tokenEnv: the environment variable NOPE is not set, expected printable ASCII characters without blanks.',
    ],
    [
      'a variable with blanks',
      `${HEAD}  user: me\n  passwordEnv: BLANK\n`,
      '$[0].passwordEnv: the environment variable BLANK is not that, expected printable ASCII characters without blanks.',
    ],
    [
      'a mistyped key',
      `${HEAD}  tokn: do-not-show\n`,
      '$[0].tokn: no such key, expected one of name, url, repositories, token, tokenEnv, user, password, passwordEnv, ca, insecure, timeout, concurrency.',
    ],
    [
      'a long timeout',
      `${HEAD}  timeout: 5m\n`,
      '$[0].timeout: expected a length of time from 1s to 30s, found "5m".',
    ],
    [
      'none at a time',
      `${HEAD}  concurrency: 0\n`,
      '$[0].concurrency: expected a number from 1 to 50, found the number 0.',
    ],
    [
      'a file that is not there',
      `${HEAD}  ca: gone.pem\n`,
      '$[0].ca: expected the path of a file of certificates in PEM, found "gone.pem" (ENOENT).',
    ],
    [
      'a file of something else',
      `${HEAD}  ca: key.pem\n`,
      '$[0].ca: expected the path of a file of certificates in PEM, found a file without any.',
    ],
    [
      'a name twice',
      HEAD + HEAD.replace('main', 'MAIN'),
      '$[1].name: expected another name than $[0] has.',
    ],
    ['no list', 'name: a\n', '$: expected a list of metric servers, found an object.'],
    ['no YAML', '- a: "\n', 'line 2, column 1: not YAML (MISSING_CHAR).'],
  ])('refuses %s, and shows no secret', (_, text, problem) => {
    const reading = readServers(text, ENV, readFile);
    const problems = reading.ok ? [] : reading.problems;
    expect(problems).toContain(problem);
    expect(problems.join('\n')).not.toMatch(/do.not.show/);
  });
});
