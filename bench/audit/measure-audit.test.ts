import { expect, test } from 'vitest';
import { measureAudit } from './measure-audit.ts';

test('an honest history of many incidents is complete, and the auditor finds nothing in it', async () => {
  const figures = await measureAudit(60, 12);
  expect(figures.rollbacks).toBe(60);
  for (const ms of [figures.ms, figures.verifyMs, figures.gitMs]) expect(ms).toBeGreaterThan(1);
  expect(figures.peakRssMib).toBeGreaterThan(20);
});
