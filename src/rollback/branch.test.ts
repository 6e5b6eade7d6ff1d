import { expect, test } from 'vitest';
import { branchOf, incidentOf } from './branch.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

test.each([
  { model: 'fraud-detector', environment: 'production' },
  { model: 'ranker.v2', environment: 'production/eu-west' },
])('the branch of $environment/$model names the incident and nothing else', (target) => {
  const branch = branchOf({ target, badCommit: commit });
  expect(branch).toBe(`lastgood/${target.environment}/${target.model}/${commit}`);
  expect(incidentOf(branch)).toEqual({ target, badCommit: commit });
});

test.each([
  'main',
  'lastgood/journal',
  `lastgood/fraud/${commit}`,
  `lastgood/production/fraud/${commit.slice(1)}`,
  `lastgood/production/../fraud/${commit}`,
  `lastgood/production/-fraud/${commit}`,
  `lastgood/production/fraud/${commit}x`,
])('%s is not a rollback branch', (branch) => {
  expect(incidentOf(branch)).toBeUndefined();
});
