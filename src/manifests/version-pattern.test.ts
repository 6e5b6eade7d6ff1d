import { expect, test } from 'vitest';
import { checkPattern, extractVersion, insertVersion } from './version-pattern.ts';

test.each([
  ['s3://models/fraud/{version}/model', 's3://models/fraud/v3/model', 'v3'],
  ['registry/server:{version}', 'registry/server:1.10', '1.10'],
  ['{version}', 'v3', 'v3'],
  ['{version}-cuda', '1.2-cuda', '1.2'],
  // All that stands between the ends, repetitions included.
  ['a/{version}/b', 'a/x/b/y/b', 'x/b/y'],
  ['aa{version}aa', 'aaaaa', 'a'],
  // Literal text is literal.
  ['a.b+(c)[{version}]', 'a.b+(c)[v1]', 'v1'],
  ['$&{version}$1', '$&$&$1', '$&'],
])('%s finds in %s the version %s, and puts it back', (pattern, value, version) => {
  expect(checkPattern(pattern)).toBeUndefined();
  expect(extractVersion(pattern, value)).toBe(version);
  expect(insertVersion(pattern, version)).toBe(value);
});

test.each([
  ['a/{version}/b', 'a//b', 'the version is empty'],
  ['a/{version}/b', 'a/b', 'the ends overlap'],
  ['aa{version}aa', 'aaa', 'the ends overlap'],
  ['a.b/{version}', 'axb/v1', 'a dot is a dot'],
  ['a/{version}', 'x/a/v1', 'something before'],
  ['{version}/b', 'v1/b/', 'something after'],
  ['A/{version}', 'a/v1', 'another case'],
])('%s does not match %s: %s', (pattern, value) => {
  expect(extractVersion(pattern, value)).toBeUndefined();
});

test.each([
  ['', 'no {version}'],
  ['s3://models/{Version}', 'no {version}'],
  ['{version}/{version}', '2 {version}'],
  ['{version}{version}{version}', '3 {version}'],
])('%j is not a pattern: %s', (pattern, message) => {
  expect(checkPattern(pattern)?.message).toContain(message);
  expect(extractVersion(pattern, 'v1/v1')).toBeUndefined();
  expect(insertVersion(pattern, 'v1')).toBeUndefined();
});

test('an empty version cannot be inserted', () => {
  expect(insertVersion('a{version}', '')).toBeUndefined();
});

test('a huge value takes no longer than its length', () => {
  const value = 'a'.repeat(5_000_000);
  expect(extractVersion('aaaa{version}aaab', value)).toBeUndefined();
  expect(extractVersion('aaaa{version}aaaa', value)).toHaveLength(5_000_000 - 8);
});
