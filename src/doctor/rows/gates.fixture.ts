import { branchWith, POLICIES, REVIEWED, rollbackRuleset, ruleset, SET } from '../facts.fixture.ts';
import { known } from '../reading.ts';
import { classic, NO } from './classic.fixture.ts';
import type { Row } from './row.fixture.ts';

const methodIs = (mergeMethod: 'squash' | 'merge' | 'rebase') => ({
  policies: known({
    ...POLICIES,
    set: { ...SET, repository: { ...SET.repository, mergeMethod } },
  }),
});

/** What is found about what holds a merge up. */
export const GATES_ROWS: readonly Row[] = [
  [
    'checks',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci', 'lint'], strict: false }])),
    'ok required-checks',
    /waits until "ci" and "lint"/,
  ],
  [
    'strict checks',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci'], strict: true }])),
    'warning required-checks',
    /up to date/,
  ],
  [
    'strict checks, bypassed',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci'], strict: true }], known('always'))),
    'ok required-checks',
    /bypassed/,
  ],
  [
    'a rule that nobody knows',
    branchWith(ruleset([{ kind: 'other', name: 'workflows' }])),
    'warning required-checks',
    /asks for workflows/,
  ],
  [
    'reality 11: a merge queue',
    branchWith(ruleset([{ kind: 'queue' }])),
    'warning merge-queue',
    /Lastgood puts rollbacks there/,
  ],
  [
    'reality 9: a merge queue, bypassed',
    branchWith(ruleset([{ kind: 'queue' }], known('always'))),
    'ok merge-queue',
    /bypasses/,
  ],
  [
    'a merge queue, bypass not known',
    branchWith(ruleset([{ kind: 'queue' }], NO)),
    'warning merge-queue',
    /could not be read/,
  ],
  ['signatures', branchWith(ruleset([{ kind: 'signatures' }])), 'ok signatures', /GitHub signs/],
  [
    'signatures and rebase',
    branchWith(ruleset([{ kind: 'signatures' }]), methodIs('rebase')),
    'problem signatures',
    /does not sign/,
  ],
  [
    'reality 24: the App is not listed',
    classic('whole', [{ kind: 'pushers', apps: ['other'] }]),
    'problem push-restriction',
    /does not let the App/,
  ],
  [
    'reality 24: the App is listed',
    classic('whole', [{ kind: 'pushers', apps: ['lastgood'] }]),
    'ok push-restriction',
    /the App is let/,
  ],
  [
    'updates restricted by a ruleset',
    branchWith(ruleset([{ kind: 'update' }])),
    'problem push-restriction',
    /the ruleset "main"/i,
  ],
  [
    'a push restriction not read',
    classic('part', []),
    'warning push-restriction',
    /cannot be told/,
  ],
  [
    'a method that the settings forbid',
    branchWith({ methods: known(['merge', 'rebase']) }),
    'problem merge-method',
    /by squash.*allows merge or rebase only/,
  ],
  [
    'a method that a rule forbids',
    branchWith(ruleset([{ kind: 'methods', allowed: ['merge'] }])),
    'problem merge-method',
    /allows merge only, not squash/,
  ],
  [
    'merge commits and linear history',
    branchWith(ruleset([{ kind: 'linear-history' }]), methodIs('merge')),
    'problem merge-method',
    /no merge commits/,
  ],
  [
    'a method, the bypass not known',
    branchWith(ruleset([{ kind: 'linear-history' }], NO), methodIs('merge')),
    'warning merge-method',
    /could not be read/,
  ],
  ['methods not shown', branchWith({ methods: NO }), 'warning merge-method', /Cannot be read/],
  [
    'branches may not be created',
    branchWith(rollbackRuleset([{ kind: 'creation' }])),
    'problem rollback-branch',
    /lets nobody create branches such as lastgood\/production\/fraud\/0/,
  ],
  [
    'a bypass for pull requests creates none',
    branchWith(rollbackRuleset([{ kind: 'creation' }], known('pull-request'))),
    'problem rollback-branch',
    /No rollback can be proposed/,
  ],
  [
    'creation bypassed',
    branchWith(rollbackRuleset([{ kind: 'creation' }], known('always'))),
    'ok rollback-branch',
    /may be created/,
  ],
  [
    'creation, bypass not known',
    branchWith(rollbackRuleset([{ kind: 'creation' }], NO)),
    'warning rollback-branch',
    /Unless the App bypasses it/,
  ],
  [
    'a name that is not allowed',
    branchWith(
      rollbackRuleset([
        {
          kind: 'branch-name',
          pattern: { operator: 'starts_with', pattern: 'feature/', negate: false },
        },
      ]),
    ),
    'problem rollback-branch',
    /does not allow the name/,
  ],
  [
    'a name that is allowed',
    branchWith(
      rollbackRuleset([
        {
          kind: 'branch-name',
          pattern: { operator: 'contains', pattern: 'release', negate: true },
        },
      ]),
    ),
    'ok rollback-branch',
    /may be created/,
  ],
  [
    'pull requests for every branch',
    branchWith(rollbackRuleset(REVIEWED)),
    'problem rollback-branch',
    /wants pull requests/,
  ],
  [
    'the rules of lastgood/ not read',
    branchWith({ rollbackRules: NO }),
    'warning rollback-branch',
    /Cannot be read/,
  ],
];
