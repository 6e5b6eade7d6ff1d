import { expect } from 'vitest';
import { dieEverywhere, openForFile } from './die-everywhere.ts';
import { inSlack } from './scenarios.ts';

const shared = await openForFile();

const approved = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    // What was done in Slack is written below the pull request, once.
    pulls: [{ state: 'merged', comments: [expect.stringContaining('`erin` in Slack:')] }],
    records: [{ mode: 'reviewed', approvedBy: ['erin'] }],
    branches: ['lastgood/state', 'main'],
    left: [],
    recorded: ['merged with its record'],
    slack: {
      card: expect.stringContaining('Rolled back: production/fraud'),
      answers: [
        expect.stringContaining('is opened and waits for review.'),
        expect.stringContaining('Approved as it stands at <commit>. It is merged.'),
      ],
    },
  });
};

await dieEverywhere(shared, inSlack, approved);
