import { expect, test } from 'vitest';
import type { Evidence } from '../../decision/decision.ts';
import type { Severity } from '../../policy/policy.ts';
import { chooseAlerts } from './choose-alerts.ts';

const seen = (name: string, severity: Severity, receivedAt: number): Evidence =>
  ({ alert: { name, severity, receivedAt }, firings: [] }) as unknown as Evidence;
const all = [
  seen('mild', 'low', 9),
  seen('old', 'critical', 1),
  seen('new', 'critical', 5),
  seen('bad', 'high', 7),
];
const names = (most: number) => chooseAlerts(all, most).map(({ alert }) => alert.name);

test.each([
  [9, ['mild', 'old', 'new', 'bad']],
  [4, ['mild', 'old', 'new', 'bad']],
  [3, ['new', 'old', 'bad']],
  [1, ['new']],
  [0, []],
])('the %d most severe', (most, expected) => {
  expect(names(most)).toEqual(expected);
});
