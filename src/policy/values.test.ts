import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import {
  budget,
  duration,
  modelName,
  partOfAll,
  pinPath,
  plainText,
  principal,
  share,
  versionPattern,
  wholeNumber,
} from './values.ts';

function read(schema: z.ZodType, text: string): unknown {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const params = issue?.code === 'custom' ? issue.params : {};
  return [params?.['why'], params?.['suggestion']];
}

describe('a length of time', () => {
  test.each([
    ['90s', 90 * SECOND],
    ['0s', 0],
    ['1h30m', 90 * MINUTE],
    ['3650d', 3650 * 24 * HOUR],
    ['5 minutes', ['which is not a length of time', 'write 5m']],
    ['2 Hours', ['which is not a length of time', 'write 2h']],
    ['1 day', ['which is not a length of time', 'write 1d']],
    ['300', ['which is not a length of time', 'write 300s']],
    ['', ['which is not a length of time', undefined]],
    ['-5m', ['which is not a length of time', undefined]],
    ['1.5h', ['which is not a length of time', undefined]],
    ['soon', ['which is not a length of time', undefined]],
    ['3651d', ['which is more than 3650d', undefined]],
    [`${'9'.repeat(400)}d`, ['which is more than 3650d', undefined]],
  ])('%.20s', (text, value) => expect(read(duration, text)).toEqual(value));
});

describe('a budget', () => {
  test.each([
    ['2 per 24h', { count: 2, per: 24 * HOUR }],
    ['0 per 24h', { count: 0, per: 24 * HOUR }],
    ['2/24h', ['which is not a budget', 'write 2 per 24h']],
    ['2 in 24 h', ['which is not a budget', 'write 2 per 24h']],
    ['2', ['which is not a budget', undefined]],
    ['-1 per 24h', ['which is not a budget', undefined]],
    ['2 per day', ['which is not a budget', undefined]],
    ['1.5 per 24h', ['which is not a budget', undefined]],
    ['9999999 per 24h', ['which is not a budget', undefined]],
    ['2 per 0s', ['whose window is not between 1m and 3650d', undefined]],
  ])('%s', (text, value) => expect(read(budget, text)).toEqual(value));
});

describe('a principal', () => {
  test.each([
    ['@octocat', { kind: 'user', login: 'octocat' }],
    ['@acme/fraud-ml', { kind: 'team', org: 'acme', slug: 'fraud-ml' }],
    ['role:maintain', { kind: 'role', role: 'maintain' }],
    ['acme/fraud-ml', ['which names nobody', 'write "@acme/fraud-ml"']],
    ['octocat', ['which names nobody', 'write "@octocat"']],
    ['@', ['which names nobody', undefined]],
    ['@a/b/c', ['which names nobody', undefined]],
    ['@a b', ['which names nobody', undefined]],
    [
      'role:maintainer',
      [
        'where the role is none of read, triage, write, maintain, admin',
        'did you mean role:maintain',
      ],
    ],
    ['role:', ['where the role is none of read, triage, write, maintain, admin', undefined]],
  ])('%s', (text, value) => expect(read(principal, text)).toEqual(value));
});

describe('a version pattern', () => {
  test.each([
    ['s3://models/{version}/model', 's3://models/{version}/model'],
    ['image:{tag}', ['without `{version}` in it', 'write "image:{version}"']],
    ['image:{{ .Values.tag }}', ['without `{version}` in it', 'write "image:{version}"']],
    ['image:$TAG', ['without `{version}` in it', 'write "image:{version}"']],
    ['image', ['without `{version}` in it', undefined]],
    ['{version}{version}', ['with `{version}` in it 2 times', undefined]],
  ])('%s', (text, value) => expect(read(versionPattern, text)).toEqual(value));
});

describe('a path', () => {
  test.each(['spec.containers[name=server].image', 'a["b.c"].d', 'images[0].newTag'])(
    '%s is one',
    (text) => expect(read(pinPath, text)).toBe(text),
  );
  test.each(['', 'a..b', 'a[', '.a', 'a[]'])('%j is none', (text) => {
    expect(read(pinPath, text)).toEqual([expect.stringMatching(/^which is/), undefined]);
  });
});

describe('a whole number from 1 to 1000', () => {
  test.each([
    ['1', 1],
    ['1000', 1000],
    ['0', ['which is too small', undefined]],
    ['1001', ['which is too large', undefined]],
    ['1e3', ['which is not a whole number', undefined]],
    ['1.0', ['which is not a whole number', undefined]],
    ['1.5', ['which is not a whole number', undefined]],
    ['01', ['which has a zero in front', 'write 1']],
    ['-1', ['which is too small', undefined]],
    ['9'.repeat(30), ['which is too large', undefined]],
  ])('%s', (text, value) => expect(read(wholeNumber(1, 1000), text)).toEqual(value));
});

describe('a share', () => {
  test.each([
    ['10%', 0.1],
    ['1000%', 10],
    ['0%', ['which is nothing', undefined]],
    ['1001%', ['which is too much', undefined]],
    ['-5%', ['which is negative', undefined]],
    ['10', ['which is no share', 'write 10%']],
    ['much', ['which is no share', undefined]],
  ])('of a number may be %s', (text, value) => expect(read(share, text)).toEqual(value));

  test.each([
    ['0%', 0],
    ['80%', 0.8],
    ['100%', 1],
    ['101%', ['which is too much', undefined]],
    ['-5%', ['which is negative', undefined]],
  ])('of all may be %s', (text, value) => expect(read(partOfAll, text)).toEqual(value));
});

test('a model is named so that its name is safe in a branch', () => {
  expect(read(modelName, 'fraud-detector')).toBe('fraud-detector');
  expect(read(modelName, 'fraud detector')).toEqual([
    'which cannot be a name',
    'write fraud-detector',
  ]);
  expect(read(modelName, '..')).toEqual(['which cannot be a name', undefined]);
  expect(read(modelName, 'x.lock')).toEqual(['which cannot be a name', undefined]);
});

test('text is passed on as it is written', () => {
  expect(read(plainText('a version', []), '1.10')).toBe('1.10');
  expect(read(plainText('a version', []), '')).toEqual(['which is empty', undefined]);
});
