import { defineConfig } from 'vitest/config';

/** What a file loads takes longer than most of them do. */
const STORIES = [
  ...['stories', 'attacks', 'policies', 'operating', 'receive', 'properties'].map(
    (room) => `test/${room}/**/*.test.ts`,
  ),
  'test/realities/!(doubles).test.ts',
  '{fixtures,bench}/**/*.test.ts',
  // That one changes the time of the process while it asks over HTTP.
  'src/*/!(fresh-token).hub.test.ts',
];

/** These replace what the process asks over HTTP, so that nobody beside them would ask for real. */
const ANSWERED = ['src/github/!(*.hub|octokit-options).test.ts', 'test/realities/doubles.test.ts'];

const TABLES = ['src/*.test.ts', 'src/!(github)/**/!(*.hub).test.ts'];

const SEED = 'fixtures/property-seed/setup.ts';
/** Not where git itself is what is tested. */
const QUICK = ['fixtures/quick-spawn/setup.ts', SEED];

/** One worker after another runs these files without loading anything twice: none leaves anything behind for the next. */
function together(name: string, include: string[], setupFiles: string[]) {
  return { extends: true as const, test: { name, include, setupFiles, isolate: false } };
}

export default defineConfig({
  test: {
    // Much of its time a test waits for git, timers and the network: two cores carry four workers.
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          // Those that remember something for their file, and whatever is in no room that is named above.
          name: 'alone',
          include: ['{src,test}/**/*.test.ts'],
          exclude: [...STORIES, ...ANSWERED, ...TABLES, 'test/e2e/**'],
          setupFiles: QUICK,
        },
      },
      together('stories', STORIES, QUICK),
      together('answered', ANSWERED, [SEED]),
      together('tables', TABLES, [SEED]),
    ],
    // No test is about time: these end one that waits for what does not come, on a machine that is busy as well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
