import { describe, expect, it, test } from 'vitest';
import { readSources } from './sources-file.ts';

const TOKEN = 'correct-horse-battery-staple';
const SECRET = 'a-secret-that-signs-every-body';

function source(lines: string, name = 'one'): string {
  return `- name: ${name}\n  repositories: [acme/models]\n  ${lines}\n`;
}

function problemsOf(text: string, env: Record<string, string> = {}): readonly string[] {
  const reading = readSources(text, env);
  return reading.ok ? [] : reading.problems;
}

describe('readSources', () => {
  it('reads secrets from the file and from the environment', () => {
    const text =
      source(`token: ${TOKEN}`) +
      source('tokenEnv: ONE', 'two') +
      source('hmac: "012345678901234567890123"', 'three') +
      source('hmacEnv: TWO', 'four');
    expect(readSources(text, { ONE: `${TOKEN}-1`, TWO: SECRET })).toEqual({
      ok: true,
      sources: [
        { name: 'one', auth: { kind: 'bearer', token: TOKEN } },
        { name: 'two', auth: { kind: 'bearer', token: `${TOKEN}-1` } },
        { name: 'three', auth: { kind: 'hmac', secret: '012345678901234567890123' } },
        { name: 'four', auth: { kind: 'hmac', secret: SECRET } },
      ].map((one) => ({ ...one, repositories: ['acme/models'] })),
    });
  });

  it('reads the targets that a source is for', () => {
    const text = source(`token: ${TOKEN}\n  targets: [production/eu-west/ranker]`);
    expect(readSources(text, {})).toMatchObject({
      sources: [{ targets: ['production/eu-west/ranker'] }],
    });
  });

  it('takes an empty file for no sources', () => {
    expect(readSources('# none yet\n', {})).toEqual({ ok: true, sources: [] });
  });

  test.each([
    [
      'a short token',
      source('token: too-short-to-keep'),
      '$[0].token: expected at least 24 characters.',
    ],
    [
      'a token with a blank',
      source(`token: "${TOKEN} x"`),
      '$[0].token: expected printable ASCII characters without blanks.',
    ],
    [
      'a token as a number',
      source('token: 123456789012345678901234'),
      '$[0].token: expected text in quotes, at least 24 characters.',
    ],
    [
      'no secret',
      source(''),
      '$[0]: expected exactly one of token, tokenEnv, hmac, hmacEnv, found an object.',
    ],
    [
      'two secrets',
      source(`token: ${TOKEN}\n  hmac: ${SECRET}`),
      '$[0]: expected exactly one of token, tokenEnv, hmac, hmacEnv, found an object.',
    ],
    [
      'an unset variable',
      source('tokenEnv: NOPE'),
      '$[0].tokenEnv: the environment variable NOPE is not set, expected text in quotes, at least 24 characters.',
    ],
    [
      'a short variable',
      source('hmacEnv: SHORT'),
      '$[0].hmacEnv: the environment variable SHORT is not that, expected at least 24 characters.',
    ],
    [
      'a mistyped key',
      source(`tokn: ${TOKEN}`),
      '$[0].tokn: no such key, expected one of name, token, tokenEnv, hmac, hmacEnv, repositories, targets.',
    ],
    [
      'no repositories',
      `- name: a\n  token: ${TOKEN}\n  repositories: []\n`,
      '$[0].repositories: expected at least one repository as "owner/name", found a list of 0.',
    ],
    [
      'an address for a repository',
      `- name: a\n  token: ${TOKEN}\n  repositories: [https://github.com/a/b]\n`,
      '$[0].repositories[0]: expected a repository as "owner/name", found "https://github.com/a/b".',
    ],
    [
      'a reserved name',
      source(`token: ${TOKEN}`, 'repository_dispatch'),
      '$[0].name: expected another name: alerts that come as repository_dispatch events are called "repository_dispatch", found "repository_dispatch".',
    ],
    [
      'a name twice',
      source(`token: ${TOKEN}`) + source(`token: ${TOKEN}-2`, 'ONE'),
      '$[1].name: expected another name than $[0] has.',
    ],
    [
      'a secret twice',
      source(`token: ${TOKEN}`) + source(`hmac: ${TOKEN}`, 'two'),
      '$[1]: expected another secret than $[0] has.',
    ],
    [
      'a target that is none',
      source(`token: ${TOKEN}\n  targets: [recommender]`),
      '$[0].targets[0]: expected a target as "environment/model", found "recommender".',
    ],
    [
      'no targets',
      source(`token: ${TOKEN}\n  targets: []`),
      '$[0].targets: expected at least one target, or no `targets`, found a list of 0.',
    ],
    ['no list', 'name: a\n', '$: expected a list of sources, found an object.'],
    ['no YAML', `- token: "${TOKEN}\n`, 'line 2, column 1: not YAML (MISSING_CHAR).'],
    ['an alias to nowhere', `- token: *x\n`, 'expected YAML without aliases.'],
  ])('refuses %s, and shows no secret', (_, text, problem) => {
    const problems = problemsOf(text, { SHORT: 'short-but-still-a-secret'.slice(0, 20) });
    expect(problems).toContain(problem);
    expect(problems.join('\n')).not.toMatch(
      /correct-horse|signs-every|too-short-to-keep|12345678|short-but/,
    );
  });
});
