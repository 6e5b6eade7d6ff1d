import { defineConfig } from 'vitest/config';

/**
 * Those that replace what the process asks over HTTP, so that nobody after them in a worker asks for real; and those that
 * remember for their file which points were tried.
 */
const ALONE = ['src/github/**', 'test/realities/doubles.test.ts', 'test/crash/**'];

/** What a file loads takes longer than most of them do: one worker after another runs them without loading it again. */
const STORIES = ['stories', 'attacks', 'policies', 'realities', 'operating', 'receive'].map(
  (room) => `test/${room}/**/*.test.ts`,
);

const SEED = 'fixtures/property-seed/setup.ts';
/** Not where git itself is what is tested. */
const QUICK = ['fixtures/quick-spawn/setup.ts', SEED];

export default defineConfig({
  test: {
    // Much of its time a test waits for git, timers and the network: two cores carry four workers.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          setupFiles: QUICK,
          include: ['{src,test,fixtures,bench}/**/*.test.ts'],
          exclude: ['src/!(github)/**', 'src/*.test.ts', ...STORIES, 'test/e2e/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'doubles',
          include: ['test/realities/doubles.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'stories',
          include: STORIES,
          exclude: ALONE,
          isolate: false,
          setupFiles: QUICK,
        },
      },
      {
        extends: true,
        test: {
          name: 'tables',
          include: ['src/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          setupFiles: [SEED],
        },
      },
    ],
    // No test is about time: these end one that waits for what does not come, on a machine that is busy as well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
