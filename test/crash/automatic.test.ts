import { expect } from 'vitest';
import { dieEverywhere, openForFile } from './die-everywhere.ts';
import { automatic, mergedWithoutWord } from './scenarios.ts';

const shared = await openForFile();

const undisturbed = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [{ state: 'merged', labels: ['critical', 'lastgood', 'rollback'], comments: [] }],
    records: [{ mode: 'automatic', approvedBy: [], to: { model: '1.10', features: 'f-10' } }],
    branches: ['main'],
    left: [],
    told: ['decided', 'merged', 'planned', 'proposed'],
  });
};

await dieEverywhere(shared, automatic, undisturbed);
await dieEverywhere(shared, mergedWithoutWord, undisturbed);
