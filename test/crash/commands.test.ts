import { expect } from 'vitest';
import { dieEverywhere, openForFile, type Outcome } from './die-everywhere.ts';
import {
  askedFor,
  designated,
  frozen,
  heldAndLifted,
  quarantined,
  rejected,
  relanded,
  retrainAskedFor,
} from './scenarios.ts';

const shared = await openForFile();

/** One answer for each command, and no more. */
const answered = ({ answers }: Outcome, ...texts: readonly string[]): void => {
  expect(answers).toEqual(texts.map((text) => expect.stringContaining(text)));
};

const merged = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [
      {
        state: 'merged',
        comments: ['/approve', expect.stringContaining('Approved as it stands at <commit>.')],
      },
    ],
    records: [{ mode: 'reviewed', approvedBy: ['erin'] }],
    branches: ['lastgood/state', 'main'],
    left: [],
    told: ['merged', 'planned', 'proposed'],
  });
  answered(outcome, 'Pull request #2 is opened and waits for review.');
};

const lifted = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [{ state: 'merged', comments: [] }],
    records: [{ mode: 'automatic', approvedBy: [] }],
    branches: ['lastgood/state', 'main'],
    state: expect.stringMatching(/^# [^\n]*\nquarantine:\n.*model: "1\.11"\n/s),
    left: [],
  });
  answered(outcome, '`production/fraud` is held', 'The hold of `production/fraud` is lifted.');
};

const wentFurther = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.9', features: 'f-9' },
    pulls: [{ state: 'merged', comments: [] }],
    records: [{ mode: 'automatic', to: { model: '1.9', features: 'f-9' } }],
    branches: ['lastgood/state', 'main'],
    state: expect.stringMatching(/quarantine:\n.*- pins:\n.*model: "1\.10"\n/),
    left: [],
  });
  answered(outcome, '`1.10` of `production/fraud` is quarantined');
};

const cameBack = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.11', features: 'f-11' },
    pulls: [{ state: 'merged', comments: [] }],
    records: [{ mode: 'automatic', to: { model: '1.10', features: 'f-10' } }],
    branches: ['lastgood/state', 'main'],
    state: expect.stringContaining('used: <commit>'),
    left: [],
  });
  answered(outcome, '`1.11` of `production/fraud` may come back, for one release');
};

const refused = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.11', features: 'f-11' },
    pulls: [{ state: 'closed' }],
    records: [],
    left: [],
  });
};

const thawed = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.10', features: 'f-10' },
    pulls: [{ state: 'merged', comments: [] }],
    records: [{ mode: 'automatic' }],
    left: [],
  });
};

const wentToBaseline = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.9', features: 'f-9' },
    pulls: [{ state: 'merged', comments: [] }],
    records: [{ mode: 'automatic', to: { model: '1.9', features: 'f-9' } }],
    left: [],
  });
};

const retrains = (outcome: Outcome): void => {
  expect(outcome).toMatchObject({
    runs: { model: '1.11', features: 'f-11' },
    pulls: [],
    dispatched: [expect.stringMatching(/^retrain-model .*"data":"f-10"/)],
    left: [],
  });
  answered(outcome, 'The retrain of `production/fraud` is started');
};

await dieEverywhere(shared, askedFor, merged);
await dieEverywhere(shared, heldAndLifted, lifted);
await dieEverywhere(shared, quarantined, wentFurther);
await dieEverywhere(shared, relanded, cameBack);
await dieEverywhere(shared, rejected, refused);
await dieEverywhere(shared, frozen, thawed);
await dieEverywhere(shared, designated, wentToBaseline);
await dieEverywhere(shared, retrainAskedFor, retrains);
