import { defineConfig } from 'vitest/config';

/** Those that replace what the process asks over HTTP, so that nobody after them in a worker asks for real. */
const WITH_NOCK = ['src/github/**/*.test.ts'];

export default defineConfig({
  test: {
    // Much of its time a test waits for git, timers and the network: two cores carry four workers.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: [
            ...WITH_NOCK,
            'fixtures/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ['test/e2e/**', 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['src/**/*.test.ts'],
          exclude: WITH_NOCK,
          // Most of them are tables of pure functions: what they load takes longer than they do.
          isolate: false,
        },
      },
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
