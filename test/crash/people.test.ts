import { expect } from 'vitest';
import { dieEverywhere, openForFile } from './die-everywhere.ts';
import { endedByHand, reviewed, reviewedWithSweep } from './scenarios.ts';

const shared = await openForFile();

const approved = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [
      { state: 'merged', labels: ['lastgood', 'medium', 'rollback'], asked: 2, comments: [] },
    ],
    records: [{ mode: 'reviewed', approvedBy: ['alice'], to: { model: '1.10', features: 'f-10' } }],
    branches: ['lastgood/state', 'main'],
    left: [],
    told: ['decided', 'merged', 'planned', 'proposed'],
    recorded: ['merged with its record'],
  });
};

const closed = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [
      {
        state: 'closed',
        labels: ['lastgood', 'medium', 'rollback'],
        asked: 2,
        comments: [expect.stringContaining('is back at')],
      },
    ],
    records: [],
    branches: ['main'],
    left: [],
    told: ['closed', 'decided', 'planned', 'proposed'],
    recorded: ['closed'],
  });
};

await dieEverywhere(shared, reviewed, approved);
await dieEverywhere(shared, reviewedWithSweep, approved);
await dieEverywhere(shared, endedByHand, closed);
