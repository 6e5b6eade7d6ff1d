import { expect, test } from 'vitest';
import { answerAddress } from './read-request.ts';

const HOOKS = 'https://hooks.slack.com';

test.each([
  ['https://hooks.slack.com/commands/T1/2/x', 'https://hooks.slack.com/commands/T1/2/x'],
  ['https://HOOKS.slack.com:443/a', 'https://hooks.slack.com/a'],
  ['http://hooks.slack.com/a', undefined],
  ['https://hooks.slack.com.evil.example/a', undefined],
  ['https://hooks.slack.com@evil.example/a', undefined],
  ['https://me:pw@hooks.slack.com/a', undefined],
  ['https://hooks.slack.com:8443/a', undefined],
  ['https://169.254.169.254/latest', undefined],
  ['file:///etc/passwd', undefined],
  ['not an address', undefined],
  [undefined, undefined],
])('answers to %j go to %j', (url, expected) => {
  expect(answerAddress(url, HOOKS)).toBe(expected);
});
