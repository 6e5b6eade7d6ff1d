import { describe, expect, it } from 'vitest';
import type { ApprovalState, NotCounted } from '../approval/approval.ts';
import type { PassedOver, PassedOverReason } from '../releases/selection.ts';
import type { Release } from '../releases/release.ts';
import type { MergeOutcome } from '../rollback/forge.ts';
import type { WaitsFor } from '../rollback/next-step.ts';
import type { Restrictions } from '../state/restrictions.ts';
import { HOUR, SECOND } from '../time.ts';
import { approvalSentence } from './approval.ts';
import { closedSentence } from './closing.ts';
import { mergeSentence } from './merge.ts';
import { waitingSentence } from './waiting.ts';
import { passedOverSentence } from './passed-over.ts';

const account = (login: string, id: number) => ({ login, id, bot: false });
const release: Release = {
  commit: 'a'.repeat(40),
  at: 0,
  until: { commit: 'b'.repeat(40), at: 5 * HOUR },
  author: { name: 'Ann @Lee', email: 'ann@acme.example' },
  subject: 'Ship 1.11',
  body: '',
  values: { model: { version: '1.11', value: '1.11', token: '1.11', line: 1 } },
  problems: [],
};

it('a release passed over says why', () => {
  const problem = { code: 'not-parsable' as const, message: 'a.yaml does not parse.' };
  const each: Readonly<Record<PassedOverReason, Release>> = {
    unreadable: { ...release, values: {}, problems: [{ pin: 'model', problem }] },
    'same-as-running': release,
    'rolled-back-from': release,
    quarantined: release,
    'quarantined-by-hand': release,
    'beyond-max-depth': release,
    'too-short-soak': release,
    'not-the-requested-version': release,
  };
  const all = Object.entries(each).map(([reason, release]): PassedOver => {
    return { release, reason: reason as PassedOverReason };
  });
  expect(all.map(passedOverSentence)).toMatchInlineSnapshot(`
    [
      "What ran is unknown, because its pins cannot be read. a.yaml does not parse.",
      "It has the same versions as the release that runs now.",
      "It was rolled back from before.",
      "It has a version that was rolled back from before.",
      "It has a version that somebody quarantined.",
      "It lies further back than the policy allows (target.maxDepth).",
      "It ran for 5h only, less than the policy asks of a good release (target.minSoak).",
      "It has another version than the one asked for.",
    ]
  `);
});

describe('approvals', () => {
  const state: ApprovalState = {
    approved: false,
    required: 2,
    approvedBy: [account('ann', 1)],
    blockedBy: [],
    notCounted: [],
  };
  const from = [
    { kind: 'team', org: 'acme', slug: 'sre' },
    { kind: 'user', login: 'bo' },
    { kind: 'role', role: 'maintain' },
  ] as const;

  it.each<[Partial<ApprovalState>, Parameters<typeof approvalSentence>[1], string]>([
    [
      {},
      { by: 'lastgood', from },
      '1 of 2 approvals (`ann`). 1 more needed from `@acme/sre`, `@bo` or `anyone with the role maintain or more`.',
    ],
    [
      { approvedBy: [], required: 1 },
      { by: 'lastgood', from: [] },
      '0 of 1 approval. 1 more needed from anyone who may write to this repository.',
    ],
    [
      { approved: true, approvedBy: [account('ann', 1), account('bo', 2)] },
      { by: 'lastgood', from },
      '2 of 2 approvals (`ann` and `bo`).',
    ],
    [
      { approvedBy: [account('ann', 1), account('bo', 2)], blockedBy: [account('cy', 3)] },
      { by: 'lastgood', from },
      '2 of 2 approvals (`ann` and `bo`). `cy` asked for changes, so nothing merges until they approve or their review is dismissed.',
    ],
    [{}, { by: 'github', from }, 'The rules of the default branch decide when it is approved.'],
  ])('%j', (more, policy, expected) => {
    expect(approvalSentence({ ...state, ...more }, policy)).toBe(expected);
  });

  it('say how far each group is', () => {
    const groups = [
      { name: 'ml', required: 1, approvedBy: [account('ann', 1)], from },
      { name: 'sre', required: 2, approvedBy: [], from: from.slice(0, 1) },
    ];
    expect(approvalSentence({ ...state, required: 3, groups }, { by: 'lastgood', from })).toBe(
      '1 of 3 approvals (`ann`). `ml`: 1 of 1, complete. `sre`: 0 of 2, 2 more needed from `@acme/sre`.',
    );
  });

  it('say why a review does not count', () => {
    const reasons: Readonly<Record<NotCounted, true>> = {
      bot: true,
      author: true,
      requester: true,
      'commit-author': true,
      'other-head': true,
      'not-listed': true,
      'no-write-access': true,
      'could-not-verify': true,
    };
    const notCounted = (Object.keys(reasons) as NotCounted[]).map((why) => ({
      user: account('eve', 9),
      why,
    }));
    const said = notCounted.map((one) =>
      approvalSentence(
        { ...state, approvedBy: [], notCounted: [one] },
        { by: 'lastgood', from: [] },
      ),
    );
    const ends = said.map((sentence) => sentence.slice(sentence.indexOf('The review')));
    expect(ends).toMatchInlineSnapshot(`
      [
        "The review of \`eve\` does not count: bots do not approve.",
        "The review of \`eve\` does not count: nobody approves a pull request of their own.",
        "The review of \`eve\` does not count: somebody else than the person who asked for the rollback has to approve.",
        "The review of \`eve\` does not count: nobody approves a commit of their own.",
        "The review of \`eve\` does not count: it was given for an earlier state of the pull request; review again.",
        "The review of \`eve\` does not count: the policy does not name them as approvers.",
        "The review of \`eve\` does not count: they may not write to this repository.",
        "The review of \`eve\` does not count: it could not be verified what they may do, and GitHub is asked again soon.",
      ]
    `);
  });
});

it('a merge call says what is missing and what Lastgood does next', () => {
  const message = 'Required status check "ci" is expected. @acme/all';
  const outcomes: readonly MergeOutcome[] = [
    { kind: 'merged', commit: 'a'.repeat(40) },
    { kind: 'head-moved' },
    { kind: 'base-moved' },
    { kind: 'not-computed' },
    { kind: 'conflict' },
    { kind: 'behind', message: 'Head branch is out of date.' },
    { kind: 'checks-pending', message },
    { kind: 'reviews-missing', message: 'At least 1 approving review is required.' },
    { kind: 'queue-required', message: 'Changes must be made through the merge queue' },
    { kind: 'queued' },
    { kind: 'out-of-queue', why: '' },
    { kind: 'out-of-queue', why: 'failed_checks @acme/all' },
    {
      kind: 'forbidden',
      message:
        "Repository rule violations found\n\nYou're not authorized to push to this branch. Visit https://docs.github.com/x for more information.",
    },
    { kind: 'gone', message: 'Not Found' },
    { kind: 'try-later', after: 90 * SECOND, message: 'You have exceeded a rate limit.' },
  ];
  expect(outcomes.map(mergeSentence)).toMatchInlineSnapshot(`
    [
      "is merged as aaaaaaaaaaaa.",
      "was not merged: its branch moved at the same moment. Lastgood evaluates it again.",
      "was not merged yet: the default branch moved at the same moment. Lastgood tries again by itself.",
      "waits for GitHub to work out whether it can be merged. Lastgood asks again by itself.",
      "cannot be merged: the default branch changed the same lines. Set the pins there by hand, or close this pull request.",
      "cannot be merged as it is: a rule asks for the newest commit of the default branch in its branch. GitHub says: Head branch is out of date.",
      "waits for its checks. Lastgood merges it when they pass. GitHub says: Required status check "ci" is expected. @&#8203;acme/all",
      "waits for reviews that the rules of the default branch ask for. Approve it, or let Lastgood bypass the rule. GitHub says: At least 1 approving review is required.",
      "has to go through the merge queue, and Lastgood could not put it there. Add it to the queue, or let Lastgood bypass the rule. GitHub says: Changes must be made through the merge queue",
      "is in the merge queue. GitHub merges it when its turn has come and the checks pass there.",
      "was taken out of the merge queue, and Lastgood does not put it back by itself. Add it again, let Lastgood bypass the rule, or close this pull request.",
      "was taken out of the merge queue (failed\\_checks @&#8203;acme/all), and Lastgood does not put it back by itself. Add it again, let Lastgood bypass the rule, or close this pull request.",
      "was refused by GitHub. Mend what it says, or merge it yourself; Lastgood tries again when something changes here. GitHub says: You're not authorized to push to this branch.",
      "is closed, or Lastgood can no longer see it. Nothing more happens here. GitHub says: Not Found",
      "was not merged yet. Lastgood tries again in 1m 30s. GitHub says: You have exceeded a rate limit.",
    ]
  `);
});

it('closing says what runs instead', () => {
  const target = { environment: 'production', model: 'fraud' };
  const said = [true, false].map((already) =>
    closedSentence({ target, running: release, already }),
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "\`production/fraud\` is back at \`1.11\` already, with aaaaaaaaaaaa by Ann @&#8203;Lee. There is nothing left to roll back.",
      "The bad release no longer runs: \`production/fraud\` went to \`1.11\` with aaaaaaaaaaaa by Ann @&#8203;Lee. If that one is bad too, its alert opens another rollback.",
    ]
  `);
});

it('a restriction says who, until when and why, as far as it is known', () => {
  const by = { login: 'ann', id: 1 };
  const waits: readonly [WaitsFor, Restrictions][] = [
    ['hold', { hold: { by, at: 0, until: HOUR, reason: 'Looking @acme/all first.' } }],
    ['hold', { hold: {} }],
    ['freeze', { freeze: { by, at: 0, reason: 'migration' } }],
    ['state-untrusted', { untrusted: { by: 'mallory' } }],
    ['state-unreadable', { unreadable: { file: 'a.yaml', why: 'unknown key "hodl"' } }],
  ];
  const said = waits.map(([waitsFor, restrictions]) =>
    waitingSentence(waitsFor, '0 of 1 approval.', restrictions),
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "waits, because \`ann\` holds its target until 1970-01-01 01:00:00 UTC (Looking @&#8203;acme/all first). Lift the hold with /unhold to let it go on. 0 of 1 approval.",
      "waits, because somebody holds its target. Lift the hold with /unhold to let it go on. 0 of 1 approval.",
      "waits, because \`ann\` froze this repository (migration), and nothing merges by itself. Approve it to roll back all the same, or lift the freeze with /unfreeze. 0 of 1 approval.",
      "waits for an approval, because \`mallory\` wrote to the branch of Lastgood's state, and nothing merges by itself until that is set right. 0 of 1 approval.",
      "waits, because \`a.yaml\` cannot be read (unknown key "hodl") and nobody can tell whether its target is held. Mend the file on the branch of Lastgood's state, or merge it yourself.",
    ]
  `);
});
