import { expect, test } from 'vitest';
import { redact } from './git-error.ts';

test.each([
  ['a tok b tok', ['tok'], 'a [redacted] b [redacted]'],
  [
    'https://me:pw@host/x and http://me@host',
    [],
    'https://[redacted]@host/x and http://[redacted]@host',
  ],
  ['nothing', [''], 'nothing'],
])('of %j with the secrets %j is left %j', (text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});
