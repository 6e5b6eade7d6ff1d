import { expect } from 'vitest';
import { dieEverywhere, openForFile } from './die-everywhere.ts';
import { retrained } from './scenarios.ts';

const shared = await openForFile();

const started = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [
      {
        state: 'merged',
        comments: [expect.stringContaining('is the emergency retrain, and it is started')],
      },
    ],
    // Workflows may be told twice, and the same.
    dispatched: [expect.stringMatching(/^retrain-model .*"data":"f-10"/)],
    left: [],
    recorded: ['merged with its record', 'retrain-started'],
  });
};

await dieEverywhere(shared, retrained, started);
