import { expect } from 'vitest';
import { dieEverywhere, openForFile } from './die-everywhere.ts';
import { automatic, mergedWithoutWord } from './scenarios.ts';

const shared = await openForFile();

const undisturbed = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [{ state: 'merged', labels: ['critical', 'lastgood', 'rollback'], comments: [] }],
    records: [{ mode: 'automatic', approvedBy: [], to: { model: '1.10', features: 'f-10' } }],
    // What was rolled back from is written into the state, wherever it died.
    branches: ['lastgood/state', 'main'],
    left: [],
    told: ['decided', 'merged', 'planned', 'proposed'],
    recorded: ['merged with its record'],
  });
};

await dieEverywhere(shared, automatic, undisturbed);
await dieEverywhere(shared, mergedWithoutWord, undisturbed);
