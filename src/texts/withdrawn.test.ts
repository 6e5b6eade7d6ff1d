import { expect, test } from 'vitest';
import { isWithdrawn, withdrawnBody } from './withdrawn.ts';

test('a text that was withdrawn says so to people and to Lastgood', () => {
  const body = withdrawnBody('Why and what.');
  expect(isWithdrawn(body)).toBe(true);
  expect(isWithdrawn('Why and what.')).toBe(false);
  expect(body).toMatch(/^<!-- lastgood:status -->\n\*\*Now:\*\* was withdrawn by Lastgood/);
  expect(body).toContain('Why and what.');
});
