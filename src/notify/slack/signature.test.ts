import { expect, test } from 'vitest';
import { findUnsigned } from './signature.ts';

// The example of docs.slack.dev, "Verifying requests from Slack".
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const TIMESTAMP = '1531420618';
const NOW = 1_531_420_618_000;

const judge = (change: object, now = NOW) =>
  findUnsigned(
    SECRET,
    { signature: SIGNATURE, timestamp: TIMESTAMP, body: Buffer.from(BODY), ...change },
    now,
  );

test('what Slack signed is Slack’s', () => {
  expect(judge({})).toBeUndefined();
  expect(judge({}, NOW + 300_000)).toBeUndefined();
});

test.each([
  ['another body', { body: Buffer.from(`${BODY}&text=x`) }, 'wrong'],
  ['no body', { body: Buffer.from('') }, 'wrong'],
  ['another time', { timestamp: '1531420619' }, 'wrong'],
  ['another signature', { signature: SIGNATURE.replace('a2', 'a3') }, 'wrong'],
  ['none', { signature: undefined }, 'no-signature'],
  ['a short one', { signature: 'v0=a2' }, 'no-signature'],
  ['another version', { signature: SIGNATURE.replace('v0', 'v1') }, 'no-signature'],
  ['no time', { timestamp: undefined }, 'no-signature'],
  ['a time that is none', { timestamp: '1e9' }, 'no-signature'],
])('%s', (_, change, why) => {
  expect(judge(change)).toBe(why);
});

test('an old one is refused, and one of the future', () => {
  expect(judge({}, NOW + 300_001)).toBe('too-old');
  expect(judge({}, NOW - 300_001)).toBe('too-old');
});
