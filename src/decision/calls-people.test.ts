import { expect, test } from 'vitest';
import { RESPONSES, SEVERITIES } from '../policy/policy.ts';
import { callsPeople } from './calls-people.ts';

test('only what is left to people, and severe, wakes somebody', () => {
  const calling = RESPONSES.flatMap((act) =>
    SEVERITIES.filter((severity) => callsPeople({ act }, severity, undefined)).map(
      (severity) => `${act} ${severity}`,
    ),
  );
  expect(calling).toEqual(['notify critical', 'notify high']);
});

test('in a storm people were called about all of it', () => {
  const storm = { models: [], since: 0, until: 1 };
  expect(callsPeople({ act: 'notify' }, 'critical', storm)).toBe(false);
});
