import { expect, test } from 'vitest';
import { gitUrlOf } from './git-url.ts';

test.each([
  ['https://api.github.com', 'https://github.com'],
  ['https://github.acme.test/api/v3', 'https://github.acme.test'],
  ['https://github.acme.test/api/v3/', 'https://github.acme.test'],
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
])('git for %s is at %s', (apiUrl, expected) => {
  expect(gitUrlOf(apiUrl)).toBe(expected);
});
