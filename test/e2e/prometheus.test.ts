import { expect, test } from 'vitest';
import { startPrometheus } from '../../fixtures/monitoring/processes.ts';
import { fillQuery } from '../../src/metrics/fill-query.ts';
import { query, queryRange } from '../../src/metrics/prometheus.ts';
import { SECOND } from '../../src/time.ts';

const NOW = Date.UTC(2026, 10, 20, 2, 0, 0);

test('a real Prometheus answers, refuses in its own words, and takes the escapes', async () => {
  const daemon = await startPrometheus({
    targets: [],
    alertmanager: 'http://127.0.0.1:9',
    rules: [],
  });
  try {
    const { signal } = new AbortController();
    const known = { name: 'one', url: daemon.url, repositories: [], concurrency: 1 };
    const server = { ...known, timeout: 10 * SECOND };
    expect(await query(server, '6 * 7', NOW, signal)).toEqual([
      { labels: {}, samples: [{ at: NOW, value: 42 }] },
    ]);
    const span = { from: NOW, to: NOW + 2 * SECOND };
    expect(await queryRange(server, 'vector(1)', span, SECOND, signal)).toEqual([
      { labels: {}, samples: [0, 1, 2].map((n) => ({ at: NOW + n * SECOND, value: 1 })) },
    ]);
    await expect(query(server, 'up{', NOW, signal)).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('bad_data') as string,
    });
    const model = 'a"\'`\\\n{version}é💥) or vector(1)';
    const values = { model, version: '', environment: '', release_commit: '' };
    for (const quote of ['"', "'"]) {
      const asked = `label_replace(vector(1), "m", ${quote}{model}${quote}, "", "")`;
      const [found] = await query(server, fillQuery(asked, values), NOW, signal);
      expect(found?.labels).toEqual({ m: model });
    }
  } finally {
    await daemon.stop();
  }
}, 30_000);
