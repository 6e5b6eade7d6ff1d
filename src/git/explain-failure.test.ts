import { expect, test } from 'vitest';
import { explainFailure } from './explain-failure.ts';

test.each([
  ["fatal: Authentication failed for 'https://h/r.git/'", 'denied'],
  ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'denied'],
  ["fatal: unable to access 'https://h/': The requested URL returned error: 403", 'forbidden'],
  ["fatal: repository 'https://h/r.git/' not found", 'not-found'],
  ["fatal: unable to access 'https://h/': Could not resolve host: h", 'unreachable'],
  ["fatal: couldn't find remote ref refs/heads/x", 'branch-missing'],
  ["error: cannot lock ref 'x': Unable to create '/m/x.lock': File exists.", 'busy'],
  ['fatal: loose object 1 (stored in objects/1) is corrupt', 'damaged'],
  ['fatal: bad object 1234', 'damaged'],
  ["remote: fatal: bad object 1234\nfatal: unable to access 'x'", 'unreachable'],
  ['fatal: something new', 'failed'],
  ['', 'failed'],
])('git saying %j means %s', (text, code) => {
  const error = explainFailure(['fetch'], new Error(text), []);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[A-Zg].*\.$/);
});
