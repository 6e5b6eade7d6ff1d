import { defineConfig } from 'vitest/config';

/**
 * Those that replace what the process asks over HTTP, so that nobody after them in a worker asks for real; and those that
 * remember for their file which points were tried.
 */
const ALONE = [
  'src/github/**/*.test.ts',
  'test/realities/doubles.test.ts',
  'test/crash/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Much of its time a test waits for git, timers and the network: two cores carry four workers.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: [
            'src/**/*.test.ts',
            'fixtures/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: [...ALONE, 'test/e2e/**', 'node_modules/**'],
          // What a file loads takes longer than most of them do.
          isolate: false,
        },
      },
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
