import { NOT_OPEN_YET } from '../check-policies.ts';
import type { Facts } from '../facts.ts';
import { approvalsWith, POLICIES, policiesWith, repositoryWith, SET } from '../facts.fixture.ts';
import { known, unknown } from '../reading.ts';
import type { Row } from './row.fixture.ts';

const NO = unknown('GitHub refused (status 403).');

const access = (role: 'none' | 'read' | 'write', exists = true): Facts =>
  repositoryWith({
    policies: approvalsWith({
      from: [
        { kind: 'user', login: 'Alice' },
        { kind: 'role', role: 'write' },
      ],
    }),
    principals: [{ principal: { kind: 'user', login: 'Alice' }, access: known({ exists, role }) }],
  });

const PROBLEM = { file: '.lastgood/a.yaml', line: 3, column: 5, message: 'is wrong' };

/** What is found about mirror and policies. */
export const POLICIES_ROWS: readonly Row[] = [
  [
    'cannot be fetched',
    repositoryWith({ mirror: unknown('git was denied') }),
    'problem mirror',
    /git was denied/,
  ],
  [
    'is fetched for the first time',
    repositoryWith({ mirror: unknown(NOT_OPEN_YET) }),
    'warning mirror',
    /still being fetched.*again in a while/,
  ],
  [
    'a mirror behind',
    repositoryWith({ mirror: known({ kind: 'kept', bytes: 1024 ** 2, behind: 2 }) }),
    'warning mirror',
    /1\.0 MiB\) is 2 commits behind/,
  ],
  [
    'a mirror of a branch pushed over',
    repositoryWith({ mirror: known({ kind: 'kept', bytes: 0, behind: undefined }) }),
    'warning mirror',
    /not on the default branch/,
  ],
  [
    'a damaged mirror',
    repositoryWith({ mirror: known({ kind: 'unreadable', why: 'Damaged.' }) }),
    'warning mirror',
    /Damaged/,
  ],
  [
    'no mirror yet',
    repositoryWith({ mirror: known({ kind: 'absent' }) }),
    'ok mirror',
    /no mirror/,
  ],
  [
    'a mistake in a policy',
    repositoryWith({ policies: known({ ...POLICIES, set: { ...SET, problems: [PROBLEM] } }) }),
    'problem policies',
    /\.lastgood\/a\.yaml:3:5: is wrong/,
  ],
  [
    'a pin without its place',
    repositoryWith({ policies: known({ ...POLICIES, pinProblems: [PROBLEM] }) }),
    'problem policies',
    /:3:5:/,
  ],
  [
    'many mistakes',
    repositoryWith({
      policies: known({ ...POLICIES, pinProblems: Array.from({ length: 30 }, () => PROBLEM) }),
    }),
    'problem policies',
    /lists 10 more/,
  ],
  [
    'no policies',
    repositoryWith({ policies: known({ ...POLICIES, set: { ...SET, targets: [] }, goals: [] }) }),
    'warning policies',
    /nothing is watched/,
  ],
  ['policies not read', repositoryWith({ policies: NO }), 'warning policies', /Cannot be read/],
  [
    'no goal',
    repositoryWith({
      policies: known({
        ...POLICIES,
        goals: [{ target: 'production/fraud', goal: 'none', why: 'the first one' }],
      }),
    }),
    'warning last-good',
    /production\/fraud has nothing.*the first one/,
  ],
  [
    'only a fallback',
    repositoryWith({
      policies: known({ ...POLICIES, goals: [{ target: 'production/fraud', goal: 'fallback' }] }),
    }),
    'ok last-good',
    /Only the fallback/,
  ],
  [
    'nobody owns it',
    repositoryWith({ policies: policiesWith({ owners: [] }) }),
    'warning owners',
    /Nobody owns production\/fraud/,
  ],
  [
    'an approver who only reads',
    access('read'),
    'warning approvers',
    /@Alice.*role read only.*never counts/,
  ],
  ['an approver without access', access('none'), 'warning approvers', /no access/],
  ['an approver who does not exist', access('none', false), 'warning approvers', /does not exist/],
  ['an approver who writes', access('write'), 'ok approvers', /can count/],
  [
    'reality 14: an approver not verified',
    repositoryWith({
      principals: [{ principal: { kind: 'team', org: 'acme', slug: 'fraud' }, access: NO }],
    }),
    'warning approvers',
    /Cannot be read: what @acme\/fraud may do/,
  ],
  [
    'nobody can approve',
    repositoryWith({
      principals: [
        {
          principal: { kind: 'team', org: 'ACME', slug: 'fraud' },
          access: known({ exists: false, role: 'none' }),
        },
      ],
    }),
    'problem approvers',
    /nobody of those it names/,
  ],
  [
    'too few can approve',
    repositoryWith({
      policies: approvalsWith({ required: 2, from: [{ kind: 'user', login: 'a' }] }),
    }),
    'problem approvers',
    /2 approvals, and only 1/,
  ],
];
