import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../time.ts';
import { CHECK_IDS, type CheckId, type CheckLevel } from './check.ts';
import { diagnose } from './diagnose.ts';
import type { DeliveryFacts, Facts, HookFacts, InstallationFacts } from './facts.ts';
import {
  appWith,
  approvalsWith,
  asAppWith,
  branchWith,
  factsWith,
  POLICIES,
  policiesWith,
  repositoryWith,
  REVIEWED,
  rollbackRuleset,
  ruleset,
  SET,
} from './facts.fixture.ts';
import { known, unknown } from './reading.ts';

const NO = unknown('GitHub refused (status 403).');

const hook = (change: Partial<HookFacts>): Facts =>
  asAppWith({
    hook: known({
      url: 'https://lastgood.example/api/github/webhooks',
      contentType: 'json',
      hasSecret: true,
      insecureSsl: false,
      ...change,
    }),
  });

const deliveries = (...statuses: readonly (number | readonly [string, number])[]): Facts =>
  asAppWith({
    deliveries: known(
      statuses.map((one, i): DeliveryFacts => {
        const [guid, statusCode] = typeof one === 'number' ? [`g${i}`, one] : one;
        const status = statusCode === 0 ? 'pending' : statusCode < 300 ? 'OK' : 'Bad';
        return { guid, event: 'push', at: 1_000 * (100 - i), status, statusCode };
      }),
    ),
  });

const installation = (change: Partial<InstallationFacts>): Facts => {
  const all = factsWith().asApp?.installations;
  const value = all?.ok === true ? all.value : [];
  return asAppWith({ installations: known(value.map((one) => ({ ...one, ...change }))) });
};

const classic = (
  kind: 'whole' | 'part',
  rules: Parameters<typeof ruleset>[0],
  reviewsBypassed = false,
): Facts =>
  branchWith({
    ...ruleset(REVIEWED, known('always')),
    classic: known(
      kind === 'whole' ? { kind, rules, reviewsBypassed } : { kind, rules, why: 'No.' },
    ),
  });

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

const methodIs = (mergeMethod: 'squash' | 'merge' | 'rebase') => ({
  policies: known({
    ...POLICIES,
    set: { ...SET, repository: { ...SET.repository, mergeMethod } },
  }),
});

const installed = (found: Partial<{ archived: string[]; total: number }>): Facts =>
  factsWith({
    installed: [
      { account: 'acme', found: known({ repositories: [], archived: [], total: 0, ...found }) },
    ],
  });

const PROBLEM = { file: '.lastgood/a.yaml', line: 3, column: 5, message: 'is wrong' };

/** What is changed about a world where all is well, and the line that it comes to. */
const ROWS: readonly (readonly [string, Facts, CheckId, CheckLevel, RegExp])[] = [
  [
    'GitHub is gone',
    factsWith({ app: { kind: 'unreachable', why: 'ECONNREFUSED' } }),
    'github',
    'problem',
    /ECONNREFUSED.*GITHUB_API_URL/,
  ],
  [
    'a wrong key',
    factsWith({ app: { kind: 'refused', status: 401, message: 'JWT', ahead: 0 } }),
    'credentials',
    'problem',
    /status 401.*private key/,
  ],
  [
    'a wrong id',
    factsWith({
      app: { kind: 'refused', status: 404, message: 'Integration not found', ahead: 0 },
    }),
    'credentials',
    'problem',
    /APP_ID/,
  ],
  ['a clock slightly ahead', appWith({ ahead: 20 * SECOND }), 'clock', 'warning', /20s ahead of/],
  [
    'a clock too far ahead',
    appWith({ ahead: 31 * SECOND }),
    'clock',
    'problem',
    /31s ahead of.*tokens/,
  ],
  ['a clock behind', appWith({ ahead: -5 * MINUTE }), 'clock', 'warning', /5m behind/],
  ['a clock too far behind', appWith({ ahead: -10 * MINUTE }), 'clock', 'problem', /10m behind/],
  [
    'a clock of a refused App',
    factsWith({ app: { kind: 'refused', status: 401, message: 'exp', ahead: 40 * SECOND } }),
    'clock',
    'problem',
    /40s ahead/,
  ],
  [
    'no time in the answer',
    factsWith({ app: { kind: 'refused', status: 401, message: 'no' } }),
    'clock',
    'warning',
    /Cannot be read/,
  ],
  [
    'no installation',
    asAppWith({ installations: known([]) }),
    'installations',
    'problem',
    /nowhere/,
  ],
  [
    'installations not listed',
    asAppWith({ installations: NO }),
    'installations',
    'warning',
    /Cannot be read.*403/,
  ],
  [
    'a suspended installation',
    installation({ suspended: true }),
    'installations',
    'warning',
    /suspended/,
  ],
  [
    'a permission missing',
    installation({ permissions: { pull_requests: 'write' } }),
    'permissions',
    'problem',
    /contents: write \(without it: no branches.*acme accepts/,
  ],
  [
    'a permission too weak, not asked for',
    {
      ...installation({ permissions: { contents: 'read', pull_requests: 'write' } }),
      app: { ...appWith({}).app, permissions: { contents: 'read' } } as Facts['app'],
    },
    'permissions',
    'problem',
    /Ask for contents/,
  ],
  [
    'a permission too many',
    installation({
      permissions: { contents: 'write', pull_requests: 'write', administration: 'write' },
    }),
    'permissions',
    'warning',
    /administration: write/,
  ],
  [
    'an event not accepted',
    installation({ events: ['push'] }),
    'events',
    'problem',
    /pull_request_review \(without it: no approvals\).*acme accepts/,
  ],
  [
    'an event not asked for',
    { ...installation({ events: [] }), app: { ...appWith({}).app, events: [] } as Facts['app'] },
    'events',
    'problem',
    /Tick push and pull_request_review/,
  ],
  ['no webhook', hook({ url: undefined }), 'webhook', 'problem', /No address/],
  ['no secret', hook({ hasSecret: false }), 'webhook', 'problem', /not signed/],
  ['a webhook as a form', hook({ contentType: 'form' }), 'webhook', 'problem', /sent as form/],
  ['a certificate not verified', hook({ insecureSsl: true }), 'webhook', 'warning', /certificate/],
  [
    'another path',
    hook({ url: 'https://lastgood.example/' }),
    'webhook',
    'warning',
    /takes them at/,
  ],
  ['the webhook not shown', asAppWith({ hook: NO }), 'webhook', 'warning', /Cannot be read/],
  ['no delivery', deliveries(), 'deliveries', 'warning', /no webhook delivery/],
  [
    'reality 17: deliveries fail now',
    deliveries(502, 202, 504),
    'deliveries',
    'problem',
    /2 of the last 3.*push at 1970-01-01 00:01:40 UTC, came to 502 "Bad".*reaches it/,
  ],
  ['the secret differs', deliveries(400), 'deliveries', 'problem', /WEBHOOK_SECRET/],
  ['the path differs', deliveries(404), 'deliveries', 'problem', /ends in/],
  ['the service fails', deliveries(500), 'deliveries', 'problem', /log/],
  [
    'deliveries failed before',
    deliveries(202, 502),
    'deliveries',
    'warning',
    /1 of the last 2.*again now/,
  ],
  [
    'reality 17: redelivered, it arrived',
    deliveries(['a', 202], ['a', 502]),
    'deliveries',
    'ok',
    /arrived/,
  ],
  ['one on its way', deliveries(0, 202), 'deliveries', 'ok', /arrived/],
  [
    'deliveries not listed',
    asAppWith({ deliveries: NO }),
    'deliveries',
    'warning',
    /Cannot be read/,
  ],
  [
    'the database is gone',
    factsWith({ database: unknown('ECONNREFUSED 5432') }),
    'database',
    'problem',
    /5432/,
  ],
  [
    'an installation without repositories',
    installed({}),
    'repositories',
    'warning',
    /no repository/,
  ],
  [
    'an archived repository',
    installed({ archived: ['acme/old'], total: 2 }),
    'repositories',
    'warning',
    /acme\/old is archived/,
  ],
  ['more repositories than listed', installed({ total: 120 }), 'repositories', 'warning', /of 120/],
  [
    'repositories left out',
    factsWith({ leftOut: ['acme/a', 'acme/b'] }),
    'repositories',
    'warning',
    /Not looked at.*acme\/a and acme\/b/,
  ],
  [
    'repositories not listed',
    factsWith({ installed: [{ account: 'acme', found: NO }] }),
    'repositories',
    'warning',
    /Cannot be read/,
  ],
  [
    'cannot be fetched',
    repositoryWith({ mirror: unknown('git was denied') }),
    'mirror',
    'problem',
    /git was denied/,
  ],
  [
    'a mirror behind',
    repositoryWith({ mirror: known({ kind: 'kept', bytes: 1024 ** 2, behind: 2 }) }),
    'mirror',
    'warning',
    /1\.0 MiB\) is 2 commits behind/,
  ],
  [
    'a mirror of a branch pushed over',
    repositoryWith({ mirror: known({ kind: 'kept', bytes: 0, behind: undefined }) }),
    'mirror',
    'warning',
    /not on the default branch/,
  ],
  [
    'a damaged mirror',
    repositoryWith({ mirror: known({ kind: 'unreadable', why: 'Damaged.' }) }),
    'mirror',
    'warning',
    /Damaged/,
  ],
  [
    'no mirror yet',
    repositoryWith({ mirror: known({ kind: 'absent' }) }),
    'mirror',
    'ok',
    /no mirror/,
  ],
  [
    'a mistake in a policy',
    repositoryWith({ policies: known({ ...POLICIES, set: { ...SET, problems: [PROBLEM] } }) }),
    'policies',
    'problem',
    /\.lastgood\/a\.yaml:3:5: is wrong/,
  ],
  [
    'a pin without its place',
    repositoryWith({ policies: known({ ...POLICIES, pinProblems: [PROBLEM] }) }),
    'policies',
    'problem',
    /:3:5:/,
  ],
  [
    'many mistakes',
    repositoryWith({
      policies: known({ ...POLICIES, pinProblems: Array(30).fill(PROBLEM) as (typeof PROBLEM)[] }),
    }),
    'policies',
    'problem',
    /lists 10 more/,
  ],
  [
    'no policies',
    repositoryWith({ policies: known({ ...POLICIES, set: { ...SET, targets: [] }, goals: [] }) }),
    'policies',
    'warning',
    /nothing is watched/,
  ],
  ['policies not read', repositoryWith({ policies: NO }), 'policies', 'warning', /Cannot be read/],
  [
    'no goal',
    repositoryWith({
      policies: known({
        ...POLICIES,
        goals: [{ target: 'production/fraud', goal: 'none', why: 'the first one' }],
      }),
    }),
    'last-good',
    'warning',
    /production\/fraud has nothing.*the first one/,
  ],
  [
    'only a fallback',
    repositoryWith({
      policies: known({ ...POLICIES, goals: [{ target: 'production/fraud', goal: 'fallback' }] }),
    }),
    'last-good',
    'ok',
    /Only the fallback/,
  ],
  [
    'nobody owns it',
    repositoryWith({ policies: policiesWith({ owners: [] }) }),
    'owners',
    'warning',
    /Nobody owns production\/fraud/,
  ],
  [
    'an approver who only reads',
    access('read'),
    'approvers',
    'warning',
    /@Alice.*role read only.*never counts/,
  ],
  ['an approver without access', access('none'), 'approvers', 'warning', /no access/],
  [
    'an approver who does not exist',
    access('none', false),
    'approvers',
    'warning',
    /does not exist/,
  ],
  ['an approver who writes', access('write'), 'approvers', 'ok', /can count/],
  [
    'reality 14: an approver not verified',
    repositoryWith({
      principals: [{ principal: { kind: 'team', org: 'acme', slug: 'fraud' }, access: NO }],
    }),
    'approvers',
    'warning',
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
    'approvers',
    'problem',
    /nobody of those it names/,
  ],
  [
    'too few can approve',
    repositoryWith({
      policies: approvalsWith({ required: 2, from: [{ kind: 'user', login: 'a' }] }),
    }),
    'approvers',
    'problem',
    /2 approvals, and only 1/,
  ],
  ['the rules not read', branchWith({ rules: NO }), 'branch-rules', 'warning', /Cannot be read/],
  [
    'a ruleset not read',
    branchWith({ rulesets: new Map([[1, NO]]) }),
    'bypass',
    'warning',
    /Cannot be read: whether the App bypasses the ruleset 1/,
  ],
  [
    'a bypass not shown',
    branchWith(ruleset(REVIEWED, NO)),
    'bypass',
    'warning',
    /the ruleset "main"/,
  ],
  [
    'classic protection in part',
    classic('part', []),
    'classic-protection',
    'warning',
    /Cannot be read: reviews/,
  ],
  [
    'classic protection not read',
    branchWith({ classic: NO }),
    'classic-protection',
    'warning',
    /Cannot be read/,
  ],
  [
    'finding 2, A: bypassed',
    branchWith({}),
    'approval-path',
    'ok',
    /The App bypasses the ruleset "main", and Lastgood enforces/,
  ],
  [
    'finding 2, A: bypassed for pull requests',
    branchWith(ruleset(REVIEWED, known('pull-request'))),
    'approval-path',
    'ok',
    /The App bypasses/,
  ],
  [
    'finding 2: both have to be satisfied',
    branchWith(ruleset(REVIEWED)),
    'approval-path',
    'warning',
    /GitHub's rules decide: the ruleset "main" asks for 1 approval\. Lastgood counts.*bypass list/,
  ],
  [
    'finding 2: GitHub decides',
    branchWith(ruleset(REVIEWED), { policies: approvalsWith({ by: 'github' }) }),
    'approval-path',
    'ok',
    /GitHub's rules decide/,
  ],
  [
    'finding 2, B: a check instead of reviews',
    branchWith(ruleset([{ kind: 'checks', contexts: ['lastgood'], strict: false }])),
    'approval-path',
    'ok',
    /asks for reviews: Lastgood alone/,
  ],
  [
    'nothing protects it',
    branchWith({ rules: known([]), rulesets: new Map() }),
    'approval-path',
    'warning',
    /Nothing protects main/,
  ],
  [
    'only force-pushes are forbidden',
    branchWith(ruleset([{ kind: 'harmless' }])),
    'approval-path',
    'warning',
    /Nothing protects main/,
  ],
  [
    'reality 9: the bypass is not known',
    branchWith(ruleset(REVIEWED, NO)),
    'approval-path',
    'warning',
    /cannot be told/,
  ],
  [
    'classic reviews, the App named',
    classic('whole', [{ kind: 'reviews', count: 1, codeOwners: false }], true),
    'approval-path',
    'ok',
    /the classic protection/,
  ],
  [
    'classic reviews',
    classic('whole', [{ kind: 'reviews', count: 0, codeOwners: true }]),
    'approval-path',
    'warning',
    /asks for an approval of code owners/,
  ],
  [
    'by github and no rule',
    branchWith({ rules: known([]) }, { policies: approvalsWith({ by: 'github' }) }),
    'github-approval',
    'problem',
    /never merges/,
  ],
  [
    'by github and not all read',
    branchWith({ rules: known([]), classic: NO }, { policies: approvalsWith({ by: 'github' }) }),
    'github-approval',
    'warning',
    /that could be read/,
  ],
  [
    'by github and a rule',
    repositoryWith({ policies: approvalsWith({ by: 'github' }) }),
    'github-approval',
    'ok',
    /ask for the reviews/,
  ],
  [
    'reality 7: a merge would be refused',
    branchWith(ruleset(REVIEWED)),
    'automatic-merge',
    'problem',
    /would refuse.*asks for 1 approval.*Wanted by production\/fraud/,
  ],
  [
    'refused, and nobody wants it',
    branchWith(ruleset(REVIEWED), {
      policies: policiesWith({
        respond: { critical: 'review', high: 'review', medium: 'record', low: 'record' },
      }),
    }),
    'automatic-merge',
    'ok',
    /No policy asks/,
  ],
  [
    'refused, and the policies are not known',
    branchWith(ruleset(REVIEWED), { policies: NO }),
    'automatic-merge',
    'warning',
    /would refuse/,
  ],
  [
    'refused by the settings',
    branchWith({ methods: known(['merge']) }),
    'automatic-merge',
    'problem',
    /settings of the repository do not allow squash/,
  ],
  [
    'a merge cannot be judged',
    branchWith(ruleset(REVIEWED, NO)),
    'automatic-merge',
    'warning',
    /cannot be told/,
  ],
  [
    'a merge after checks',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci'], strict: false }])),
    'automatic-merge',
    'ok',
    /now, once "ci" passed/,
  ],
  [
    'checks',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci', 'lint'], strict: false }])),
    'required-checks',
    'ok',
    /waits until "ci" and "lint"/,
  ],
  [
    'strict checks',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci'], strict: true }])),
    'required-checks',
    'warning',
    /up to date/,
  ],
  [
    'strict checks, bypassed',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci'], strict: true }], known('always'))),
    'required-checks',
    'ok',
    /bypassed/,
  ],
  [
    'a rule that nobody knows',
    branchWith(ruleset([{ kind: 'other', name: 'workflows' }])),
    'required-checks',
    'warning',
    /asks for workflows/,
  ],
  [
    'reality 11: a merge queue',
    branchWith(ruleset([{ kind: 'queue' }])),
    'merge-queue',
    'problem',
    /merge queue/,
  ],
  [
    'reality 9: a merge queue, bypassed',
    branchWith(ruleset([{ kind: 'queue' }], known('always'))),
    'merge-queue',
    'ok',
    /bypasses/,
  ],
  [
    'a merge queue, bypass not known',
    branchWith(ruleset([{ kind: 'queue' }], NO)),
    'merge-queue',
    'warning',
    /could not be read/,
  ],
  ['signatures', branchWith(ruleset([{ kind: 'signatures' }])), 'signatures', 'ok', /GitHub signs/],
  [
    'signatures and rebase',
    branchWith(ruleset([{ kind: 'signatures' }]), methodIs('rebase')),
    'signatures',
    'problem',
    /does not sign/,
  ],
  [
    'reality 24: the App is not listed',
    classic('whole', [{ kind: 'pushers', apps: ['other'] }]),
    'push-restriction',
    'problem',
    /does not let the App/,
  ],
  [
    'reality 24: the App is listed',
    classic('whole', [{ kind: 'pushers', apps: ['lastgood'] }]),
    'push-restriction',
    'ok',
    /the App is let/,
  ],
  [
    'updates restricted by a ruleset',
    branchWith(ruleset([{ kind: 'update' }])),
    'push-restriction',
    'problem',
    /the ruleset "main"/i,
  ],
  [
    'a push restriction not read',
    classic('part', []),
    'push-restriction',
    'warning',
    /cannot be told/,
  ],
  [
    'a method that the settings forbid',
    branchWith({ methods: known(['merge', 'rebase']) }),
    'merge-method',
    'problem',
    /by squash.*allows merge or rebase only/,
  ],
  [
    'a method that a rule forbids',
    branchWith(ruleset([{ kind: 'methods', allowed: ['merge'] }])),
    'merge-method',
    'problem',
    /allows merge only, not squash/,
  ],
  [
    'merge commits and linear history',
    branchWith(ruleset([{ kind: 'linear-history' }]), methodIs('merge')),
    'merge-method',
    'problem',
    /no merge commits/,
  ],
  [
    'a method, the bypass not known',
    branchWith(ruleset([{ kind: 'linear-history' }], NO), methodIs('merge')),
    'merge-method',
    'warning',
    /could not be read/,
  ],
  ['methods not shown', branchWith({ methods: NO }), 'merge-method', 'warning', /Cannot be read/],
  [
    'branches may not be created',
    branchWith(rollbackRuleset([{ kind: 'creation' }])),
    'rollback-branch',
    'problem',
    /lets nobody create branches such as lastgood\/production\/fraud\/0/,
  ],
  [
    'a bypass for pull requests creates none',
    branchWith(rollbackRuleset([{ kind: 'creation' }], known('pull-request'))),
    'rollback-branch',
    'problem',
    /No rollback can be proposed/,
  ],
  [
    'creation bypassed',
    branchWith(rollbackRuleset([{ kind: 'creation' }], known('always'))),
    'rollback-branch',
    'ok',
    /may be created/,
  ],
  [
    'creation, bypass not known',
    branchWith(rollbackRuleset([{ kind: 'creation' }], NO)),
    'rollback-branch',
    'warning',
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
    'rollback-branch',
    'problem',
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
    'rollback-branch',
    'ok',
    /may be created/,
  ],
  [
    'pull requests for every branch',
    branchWith(rollbackRuleset(REVIEWED)),
    'rollback-branch',
    'problem',
    /wants pull requests/,
  ],
  [
    'the rules of lastgood/ not read',
    branchWith({ rollbackRules: NO }),
    'rollback-branch',
    'warning',
    /Cannot be read/,
  ],
];

const oneLine = ({ found, fix }: { readonly found: string; readonly fix?: string }): string =>
  [found, fix].filter(Boolean).join(' ');

test('where all is well, every check is ok, in the order of the page', () => {
  const checks = diagnose(factsWith());
  expect(checks.filter(({ level }) => level !== 'ok')).toEqual([]);
  const ids = [...new Set(checks.map(({ id }) => id))];
  expect(ids).toEqual(CHECK_IDS.filter((id) => id !== 'github-approval'));
});

describe('what is found', () => {
  test.each(ROWS)('%s', (_, facts, id, level, text) => {
    const found = diagnose(facts).filter((check) => check.id === id);
    expect(found.map((check) => check.level)).toContain(level);
    const line = found.find((check) => check.level === level && text.test(oneLine(check)));
    expect(found.map(oneLine).join('\n')).toMatch(text);
    // What is not well says what to do; what is well does not.
    expect(line?.fix !== undefined).toBe(level !== 'ok');
  });

  test('every check is seen to be well and not to be', () => {
    const seen = (well: boolean) =>
      new Set(
        [factsWith(), ...ROWS.map(([, facts]) => facts)]
          .flatMap(diagnose)
          .filter(({ level }) => (level === 'ok') === well)
          .map(({ id }) => id),
      );
    expect(CHECK_IDS.filter((id) => !seen(true).has(id))).toEqual([]);
    expect(CHECK_IDS.filter((id) => !seen(false).has(id))).toEqual([]);
  });

  test('every finding is one line of whole sentences', () => {
    for (const { found, fix } of ROWS.flatMap(([, facts]) => diagnose(facts))) {
      for (const sentence of fix === undefined ? [found] : [found, fix]) {
        expect(sentence).toMatch(/^[^\n]*$/);
        expect(sentence).not.toMatch(/undefined|\[object|NaN|\.\.$/);
      }
    }
  });
});

test('rules that cannot be read are one line, and nothing is concluded from them', () => {
  const ids = diagnose(branchWith({ rules: NO })).map(({ id }) => id);
  expect(ids.filter((id) => id === 'branch-rules')).toHaveLength(1);
  expect(ids).not.toContain('approval-path');
  expect(ids).not.toContain('automatic-merge');
});
