import { describe, expect, test } from 'vitest';
import type { ApprovalState } from '../approval/approval.ts';
import type { Release } from '../releases/release.ts';
import type { PullRequest } from './forge.ts';
import { nextStep, type StepInput } from './next-step.ts';

const bad = 'b'.repeat(40);
const head = 'e'.repeat(40);

const pull: PullRequest = {
  number: 7,
  nodeId: 'PR_7',
  url: 'https://github.com/acme/ml-manifests/pull/7',
  state: 'open',
  title: '',
  body: '',
  author: { id: 1, login: 'lastgood[bot]', bot: true },
  own: true,
  branch: `lastgood/production/fraud/${bad}`,
  head,
  into: 'main',
  base: 'a'.repeat(40),
  createdAt: 0,
  reviewDecision: 'none',
  mergeable: 'yes',
};

function release(commit: string, model: string): Release {
  const value = { version: model, value: model, token: model, line: 1 };
  return {
    commit,
    at: 0,
    author: { name: 'Alice', email: 'alice@acme.test' },
    subject: '',
    body: '',
    values: { model: value },
    problems: [],
  };
}

const nobody: ApprovalState = {
  approved: false,
  required: 1,
  approvedBy: [],
  blockedBy: [],
  notCounted: [],
};

const reviewed: StepInput = {
  pull,
  badCommit: bad,
  bad: { model: '1.10' },
  verifiedHead: head,
  plannedOn: pull.base,
  newest: pull.base,
  merges: 'no',
  defaultBranch: 'main',
  running: release(bad, '1.10'),
  goal: { model: '1.9' },
  restrictions: {},
  goalQuarantined: false,
  firing: true,
  licensed: true,
  storm: false,
  approvals: { by: 'lastgood', required: 1, from: [], timeout: 0, onTimeout: 'page' },
  approval: nobody,
  timeUp: false,
  unansweredLicensed: false,
};
const automatic: StepInput = { ...reviewed, merges: 'while-firing' };
const byGitHub: StepInput = { ...reviewed, approvals: { ...reviewed.approvals, by: 'github' } };
const approved: ApprovalState = { ...nobody, approved: true };
const broken: Release = {
  ...release(bad, '1.10'),
  values: {},
  problems: [{ pin: 'model', problem: { code: 'not-parsable', message: 'It does not parse.' } }],
};

const RESTRICTED: readonly (readonly [string, StepInput['restrictions']])[] = [
  ['held', { hold: {} }],
  ['frozen', { freeze: {} }],
  ['in a state that somebody else wrote', { untrusted: { by: 'mallory' } }],
  ['in a state that cannot be read', { unreadable: { file: 'a.yaml', why: 'It is broken.' } }],
];

test.each<[string, StepInput, object]>([
  ['automatic and firing', automatic, { do: 'merge', proof: { number: 7, head, by: 'policy' } }],
  [
    'automatic, but somebody who may approve asked for changes',
    { ...automatic, approval: { ...nobody, blockedBy: [{ id: 3, login: 'cy', bot: false }] } },
    { do: 'wait', for: 'objection' },
  ],
  [
    'automatic and left to GitHub, whose rules see changes requested',
    { ...byGitHub, merges: 'while-firing', pull: { ...pull, reviewDecision: 'changes-requested' } },
    { do: 'wait', for: 'objection' },
  ],
  [
    'automatic, but the alert resolved',
    { ...automatic, firing: false },
    { do: 'wait', for: 'approval-after-resolved' },
  ],
  [
    'automatic, resolved, and approved all the same',
    { ...automatic, firing: false, approval: approved },
    { do: 'merge', proof: { number: 7, head, by: 'approval' } },
  ],
  [
    'automatic and firing, and the policy as it is now would not merge it',
    { ...automatic, licensed: false },
    { do: 'wait', for: 'approval-by-policy' },
  ],
  [
    'a repair, whatever the policy is now',
    { ...reviewed, merges: 'always', licensed: false },
    { do: 'merge', proof: { number: 7, head, by: 'policy' } },
  ],
  [
    'automatic, no longer by the policy, and approved',
    { ...automatic, licensed: false, approval: approved },
    { do: 'merge', proof: { number: 7, head, by: 'approval' } },
  ],
  [
    'automatic and firing, in a storm',
    { ...automatic, storm: true },
    { do: 'wait', for: 'approval-in-storm' },
  ],
  [
    'automatic, left to GitHub, whose rules ask for nothing, in a storm',
    { ...byGitHub, merges: 'while-firing', storm: true },
    { do: 'wait', for: 'approval-in-storm' },
  ],
  [
    'automatic, in a storm, and approved',
    { ...automatic, storm: true, approval: approved },
    { do: 'merge', proof: { number: 7, head, by: 'approval' } },
  ],
  [
    'automatic and resolved, in a storm',
    { ...automatic, firing: false, storm: true },
    { do: 'wait', for: 'approval-after-resolved' },
  ],
  [
    'the repair of a mixed pair, in a storm',
    { ...automatic, merges: 'always', storm: true },
    { do: 'merge', proof: { number: 7, head, by: 'policy' } },
  ],
  ['reviewed, in a storm', { ...reviewed, storm: true }, { do: 'wait', for: 'approval' }],
  ...(
    [
      ['automatic', automatic, ['hold', 'freeze', 'state-untrusted', 'state-unreadable']],
      [
        'the repair of a mixed pair',
        { ...automatic, merges: 'always' },
        ['hold', 'freeze', 'state-untrusted', 'state-unreadable'],
      ],
      ['reviewed', reviewed, ['hold', 'approval', 'approval', 'state-unreadable']],
      [
        'reviewed and approved',
        { ...reviewed, approval: approved },
        ['hold', 'merge', 'merge', 'state-unreadable'],
      ],
      [
        'automatic and approved',
        { ...automatic, approval: approved },
        ['hold', 'merge', 'merge', 'state-unreadable'],
      ],
      [
        'approved by GitHub',
        { ...byGitHub, pull: { ...pull, reviewDecision: 'approved' } },
        ['hold', 'merge', 'merge', 'state-unreadable'],
      ],
    ] satisfies [string, StepInput, string[]][]
  ).flatMap(([title, input, outcomes]) =>
    RESTRICTED.map(([name, restrictions], i): [string, StepInput, object] => [
      `${title}, ${name}`,
      { ...input, restrictions },
      outcomes[i] === 'merge'
        ? { do: 'merge', proof: { number: 7, head, by: 'approval' } }
        : { do: 'wait', for: outcomes[i] },
    ]),
  ),
  [
    'what it goes back to was quarantined meanwhile: nothing merges, whoever approved',
    { ...reviewed, approval: approved, goalQuarantined: true },
    { do: 'wait', for: 'quarantined-goal' },
  ],
  [
    'held, and somebody pushed to it',
    { ...automatic, restrictions: { hold: {} }, verifiedHead: 'f'.repeat(40) },
    { do: 'wait', for: 'foreign-head' },
  ],
  [
    'held, and rolled back by hand',
    { ...automatic, restrictions: { hold: {} }, running: release('c'.repeat(40), '1.9') },
    { do: 'close', already: true },
  ],
  ['reviewed, nobody approved', reviewed, { do: 'wait', for: 'approval' }],
  [
    'reviewed and approved',
    { ...reviewed, approval: approved },
    { do: 'merge', proof: { number: 7, head, by: 'approval' } },
  ],
  [
    'approved by people after the alert resolved',
    { ...reviewed, approval: approved, firing: false },
    { do: 'merge', proof: { number: 7, head, by: 'approval' } },
  ],
  ['left to GitHub, no rule asks', byGitHub, { do: 'wait', for: 'github-rule' }],
  [
    'left to GitHub, its rules ask',
    { ...byGitHub, pull: { ...pull, reviewDecision: 'review-required' } },
    { do: 'wait', for: 'github-approval' },
  ],
  [
    'left to GitHub, approved by its rules',
    { ...byGitHub, pull: { ...pull, reviewDecision: 'approved' } },
    { do: 'merge', proof: { number: 7, head, by: 'approval' } },
  ],
  [
    'left to GitHub: approvals counted here change nothing',
    {
      ...byGitHub,
      approval: approved,
      pull: { ...pull, reviewDecision: 'changes-requested' },
    },
    { do: 'wait', for: 'github-approval' },
  ],
  [
    'a repair merges whatever the alert does',
    { ...automatic, merges: 'always', firing: false },
    { do: 'merge', proof: { number: 7, head, by: 'policy' } },
  ],
  [
    'found open after a restart',
    { ...automatic, merges: 'not-since-restart' },
    { do: 'wait', for: 'approval-after-restart' },
  ],
  [
    'reopened by a person',
    { ...automatic, merges: 'not-reopened' },
    { do: 'wait', for: 'approval-after-reopening' },
  ],
  [
    'pointed at another branch',
    { ...automatic, approval: approved, pull: { ...pull, into: 'staging' } },
    { do: 'wait', for: 'other-base' },
  ],
  [
    'somebody pushed to the branch',
    { ...automatic, pull: { ...pull, head: 'f'.repeat(40) } },
    { do: 'wait', for: 'foreign-head' },
  ],
  [
    'the default branch changed the same lines, whoever decides',
    { ...reviewed, newest: 'c'.repeat(40), pull: { ...pull, mergeable: 'conflict' } },
    { do: 'renew' },
  ],
  [
    'it would merge by itself, and the default branch changed the same lines',
    { ...automatic, newest: 'c'.repeat(40), pull: { ...pull, mergeable: 'conflict' } },
    { do: 'renew' },
  ],
  [
    'a conflict with the very commit that it was planned on is GitHub’s to clear up',
    { ...automatic, pull: { ...pull, mergeable: 'conflict' } },
    { do: 'merge', proof: { number: 7, head, by: 'policy' } },
  ],
  [
    'a conflict, and somebody pushed to the branch: theirs stays',
    {
      ...automatic,
      newest: 'c'.repeat(40),
      pull: { ...pull, mergeable: 'conflict', head: 'f'.repeat(40) },
    },
    { do: 'wait', for: 'foreign-head' },
  ],
  [
    'a newer commit that is in nobody’s way',
    { ...reviewed, newest: 'c'.repeat(40) },
    { do: 'wait', for: 'approval' },
  ],
  [
    'somebody rolled back by hand',
    { ...automatic, running: release('c'.repeat(40), '1.9') },
    { do: 'close', already: true },
  ],
  [
    'somebody shipped another release',
    { ...reviewed, approval: approved, running: release('c'.repeat(40), '1.11') },
    { do: 'close', already: false },
  ],
  [
    'the file was broken and mended, so the same versions are a new release',
    { ...automatic, running: release('c'.repeat(40), '1.10') },
    { do: 'merge', proof: { number: 7, head, by: 'policy' } },
  ],
  [
    'the manifest is broken on the default branch',
    { ...automatic, running: broken },
    { do: 'wait', for: 'readable-pins' },
  ],
  [
    'merged already',
    { ...automatic, pull: { ...pull, state: 'merged' } },
    { do: 'settle', as: 'merged' },
  ],
  [
    'closed by a person',
    { ...automatic, pull: { ...pull, state: 'closed' } },
    { do: 'settle', as: 'closed' },
  ],
])('%s', (_, input, expected) => {
  expect(nextStep(input)).toEqual(expected);
});

describe('when the time for a decision is up', () => {
  const upon = (onTimeout: 'page' | 'merge' | 'close', change: Partial<StepInput> = {}) => ({
    ...reviewed,
    approvals: { ...reviewed.approvals, onTimeout },
    timeUp: true,
    unansweredLicensed: true,
    ...change,
  });
  const unanswered = { do: 'merge', proof: { number: 7, head, by: 'timeout' } };
  const waits = (reason: string) => ({ do: 'wait', for: reason });
  const by = { by: 'github', required: 1, from: [], timeout: 0, onTimeout: 'merge' } as const;

  test.each<[string, StepInput, object]>([
    ['page: it goes on waiting', upon('page'), waits('approval')],
    ['merge', upon('merge'), unanswered],
    [
      'merge, one that its policy merged and a limit held back',
      upon('merge', { merges: 'while-firing', licensed: false }),
      unanswered,
    ],
    ['merge, before the time is up', upon('merge', { timeUp: false }), waits('approval')],
    [
      'merge, and no alert that fires would',
      upon('merge', { unansweredLicensed: false }),
      waits('approval'),
    ],
    [
      'merge, and somebody asked for changes',
      upon('merge', { approval: { ...nobody, blockedBy: [pull.author] } }),
      waits('approval'),
    ],
    ['merge, and somebody holds it', upon('merge', { restrictions: { hold: {} } }), waits('hold')],
    ['merge in a freeze', upon('merge', { restrictions: { freeze: {} } }), waits('approval')],
    [
      'merge, and a stranger wrote the state',
      upon('merge', { restrictions: { untrusted: { by: 'eve' } } }),
      waits('approval'),
    ],
    [
      'merge, and the state cannot be read',
      upon('merge', { restrictions: { unreadable: { file: 'a', why: 'b' } } }),
      waits('state-unreadable'),
    ],
    ['merge in a storm', upon('merge', { storm: true }), waits('approval')],
    [
      'merge, and a person had closed it',
      upon('merge', { merges: 'not-reopened' }),
      waits('approval-after-reopening'),
    ],
    [
      'merge, and the App did not make it',
      upon('merge', { pull: { ...pull, own: false } }),
      waits('approval'),
    ],
    ['merge, and GitHub is to decide', upon('merge', { approvals: by }), waits('github-rule')],
    [
      'merge, and somebody pushed',
      upon('merge', { pull: { ...pull, head: 'f'.repeat(40) } }),
      waits('foreign-head'),
    ],
    [
      'merge, and the bad release is gone',
      upon('merge', { running: release('c'.repeat(40), '1.9') }),
      { do: 'close', already: true },
    ],
    ['close', upon('close'), { do: 'give-up' }],
    [
      'close, enough approvals at the last moment',
      upon('close', { approval: approved }),
      { do: 'merge', proof: { number: 7, head, by: 'approval' } },
    ],
    ['close in a freeze', upon('close', { restrictions: { freeze: {} } }), waits('approval')],
    ['close, and somebody holds it', upon('close', { restrictions: { hold: {} } }), waits('hold')],
  ])('%s', (_, input, expected) => {
    expect(nextStep(input)).toEqual(expected);
  });
});
