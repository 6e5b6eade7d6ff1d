import { expect } from 'vitest';
import { dieEverywhere, openForFile } from './die-everywhere.ts';
import { drilled, drilledThere } from './scenarios.ts';

const shared = await openForFile();

const nothingLeft = {
  runs: { model: '1.11', features: 'f-11' },
  branches: ['main'],
  state: '',
  left: [],
  told: ['drilled'],
  recorded: [],
};

/** It is answered that it begins, and once what came of it. */
const answers = [
  expect.stringContaining('begins'),
  expect.stringContaining('passed in <length>: a rollback would work now'),
];

const rehearsed = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    ...nothingLeft,
    answers,
    pulls: [{ state: 'closed', labels: [], asked: 0, comments: [] }],
    records: [],
  });
};

const mergedAndBack = (outcome: unknown): void => {
  expect(outcome).toMatchObject({
    ...nothingLeft,
    answers,
    pulls: [{ state: 'merged' }, { state: 'merged' }],
    records: [expect.stringContaining('no Lastgood'), expect.stringContaining('no Lastgood')],
  });
};

await dieEverywhere(shared, drilled, rehearsed);
await dieEverywhere(shared, drilledThere, mergedAndBack);
