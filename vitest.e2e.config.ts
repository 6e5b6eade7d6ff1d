import { defineConfig } from 'vitest/config';

/** End-to-end runs against real Prometheus and Alertmanager; `.ci/run` installs them. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // They wait for scrapes and evaluations most of their time.
    maxWorkers: 4,
  },
});
