import { expect, test } from 'vitest';
import { readRollOut, type Report } from './roll-out.ts';

const TARGET = { model: 'fraud-detector', environment: 'production' };
const MERGED = 1_000;

function report(name: string, state: Report['state'], at: number, kind: Report['kind'] = 'status') {
  return { kind, name, state, at };
}

test.each<[string, readonly Report[], readonly string[] | 'any' | 'none', unknown]>([
  ['nothing reported', [], 'any', { others: [] }],
  [
    'nobody tells, says the policy',
    [],
    'none',
    { rolledOut: { at: MERGED, by: 'assumed', name: 'the merge' }, others: [] },
  ],
  [
    "Argo CD's application names the model",
    [report('continuous-delivery/fraud-detector', 'success', 2_000)],
    'any',
    {
      rolledOut: { at: 2_000, by: 'status', name: 'continuous-delivery/fraud-detector' },
      others: [],
    },
  ],
  [
    'a longer word that contains the model is another one',
    [report('kustomization/fraud-detector2/8f', 'success', 2_000)],
    'any',
    { others: ['kustomization/fraud-detector2/8f'] },
  ],
  [
    'the build of the repository is no roll-out',
    [report('ci/build', 'success', 2_000)],
    'any',
    { others: ['ci/build'] },
  ],
  [
    'still running',
    [report('fraud-detector', 'running', 2_000, 'deployment')],
    'any',
    { others: [] },
  ],
  [
    'failed',
    [report('fraud-detector', 'failure', 2_000, 'deployment')],
    'any',
    { failed: { at: 2_000, name: 'fraud-detector' }, others: [] },
  ],
  [
    'failed, and then succeeded, in whatever order it is told',
    [
      report('fraud-detector', 'success', 3_000, 'deployment'),
      report('fraud-detector', 'failure', 2_000, 'deployment'),
    ],
    'any',
    { rolledOut: { at: 3_000, by: 'deployment', name: 'fraud-detector' }, others: [] },
  ],
  [
    'every name of the policy has to say so; the last says when',
    [
      report('production-eu', 'success', 2_000, 'deployment'),
      report('production-us', 'success', 4_000, 'deployment'),
      report('staging', 'failure', 5_000, 'deployment'),
    ],
    ['production-eu', 'production-us'],
    {
      rolledOut: { at: 4_000, by: 'deployment', name: 'production-us' },
      others: ['staging'],
    },
  ],
  [
    'one of the names is missing',
    [report('production-eu', 'success', 2_000, 'deployment')],
    ['production-eu', 'production-us'],
    { others: [] },
  ],
  [
    'a star stands for anything, and all of it has to have succeeded',
    [report('argocd/fraud-a', 'success', 2_000), report('argocd/fraud-b', 'running', 2_500)],
    ['ArgoCD/fraud-*'],
    { others: [] },
  ],
  [
    'a clock that runs behind does not put it before the merge',
    [report('fraud-detector', 'success', 900, 'deployment')],
    'any',
    { rolledOut: { at: MERGED, by: 'deployment', name: 'fraud-detector' }, others: [] },
  ],
])('%s', (_, reports, by, wanted) => {
  expect(readRollOut(reports, { within: 600_000, by }, TARGET, MERGED)).toEqual(wanted);
});
