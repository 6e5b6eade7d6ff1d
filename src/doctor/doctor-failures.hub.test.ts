import { describe, expect, test } from 'vitest';
import { escapePattern } from '../../fixtures/hub/escape-pattern.ts';
import { CHECK_IDS } from './check.ts';
import { startDoctorStage } from './doctor.fixture.ts';
import { unknown } from './reading.ts';

describe('what fails', () => {
  test('each read that fails is one line, and never a crash', async () => {
    const stage = await startDoctorStage();
    stage.repository.rules({ reviews: { required: 1 } });
    const reads = stage.hub.calls.length;
    await stage.examine();
    const paths = stage.hub.calls
      .slice(reads)
      .filter(({ kind, path }) => kind === 'rest' && path !== '/app')
      .map(({ path }) => path);
    for (const path of new Set(paths)) {
      stage.hub.faults.add({
        path: new RegExp(`^${escapePattern(path)}$`),
        times: 3,
        answer: { status: 403, body: { message: 'Resource not accessible by integration' } },
      });
      const checks = await stage.examine();
      stage.hub.faults.clear();
      const failed = checks.filter(({ found }) => /cannot be (read|fetched)/i.test(found));
      expect([path, failed.map(({ id }) => id)]).toEqual([path, [expect.any(String)]]);
    }
  });

  test('the number of requests is bounded', async () => {
    const stage = await startDoctorStage();
    const from = stage.hub.calls.length;
    const checks = await stage.examine({ mostRequests: 5 });
    const sent = stage.hub.calls
      .slice(from)
      .filter(({ kind, path }) => kind === 'rest' && !path.endsWith('/access_tokens'));
    // GET /app comes before the count.
    expect(sent).toHaveLength(6);
    expect(checks.map(({ found }) => found).join('\n')).toContain('at most 5 requests');
  });

  test('a port that throws is said, not thrown', async () => {
    const stage = await startDoctorStage();
    const checks = await stage.examine({
      more: {
        openManifests: () => Promise.reject(new Error('The disk is full.')),
        checkDatabase: () => Promise.reject(new Error('The database is in use.')),
      },
    });
    const found = (id: string) => checks.find((check) => check.id === id)?.found;
    expect(found('mirror')).toContain('The disk is full.');
    expect(found('database')).toContain('The database is in use.');
    const gone = await stage.examine({
      more: { checkDatabase: () => Promise.resolve(unknown('No.')) },
    });
    expect(gone.find(({ id }) => id === 'database')?.level).toBe('problem');
    expect(CHECK_IDS).toContain('database');
  });
});
