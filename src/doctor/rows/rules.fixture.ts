import {
  approvalsWith,
  branchWith,
  policiesWith,
  repositoryWith,
  REVIEWED,
  ruleset,
} from '../facts.fixture.ts';
import { known } from '../reading.ts';
import { classic, NO } from './classic.fixture.ts';
import type { Row } from './row.fixture.ts';

/** What is found about rules, and who decides. */
export const RULES_ROWS: readonly Row[] = [
  ['the rules not read', branchWith({ rules: NO }), 'warning branch-rules', /Cannot be read/],
  [
    'a ruleset not read',
    branchWith({ rulesets: new Map([[1, NO]]) }),
    'warning bypass',
    /Cannot be read: whether the App bypasses the ruleset 1/,
  ],
  ['a bypass not shown', branchWith(ruleset(REVIEWED, NO)), 'warning bypass', /the ruleset "main"/],
  [
    'classic protection in part',
    classic('part', []),
    'warning classic-protection',
    /Cannot be read: reviews/,
  ],
  [
    'classic protection not read',
    branchWith({ classic: NO }),
    'warning classic-protection',
    /Cannot be read/,
  ],
  [
    'finding 2, A: bypassed',
    branchWith({}),
    'ok approval-path',
    /The App bypasses the ruleset "main", and Lastgood enforces/,
  ],
  [
    'finding 2, A: bypassed for pull requests',
    branchWith(ruleset(REVIEWED, known('pull-request'))),
    'ok approval-path',
    /The App bypasses/,
  ],
  [
    'finding 2: both have to be satisfied',
    branchWith(ruleset(REVIEWED)),
    'warning approval-path',
    /GitHub's rules decide: the ruleset "main" asks for 1 approval\. Lastgood counts.*bypass list/,
  ],
  [
    'finding 2: GitHub decides',
    branchWith(ruleset(REVIEWED), { policies: approvalsWith({ by: 'github' }) }),
    'ok approval-path',
    /GitHub's rules decide/,
  ],
  [
    'finding 2, B: a check instead of reviews',
    branchWith(ruleset([{ kind: 'checks', contexts: ['lastgood'], strict: false }])),
    'ok approval-path',
    /asks for reviews: Lastgood alone/,
  ],
  [
    'nothing protects it',
    branchWith({ rules: known([]), rulesets: new Map() }),
    'warning approval-path',
    /Nothing protects main/,
  ],
  [
    'only force-pushes are forbidden',
    branchWith(ruleset([{ kind: 'harmless' }])),
    'warning approval-path',
    /Nothing protects main/,
  ],
  [
    'reality 9: the bypass is not known',
    branchWith(ruleset(REVIEWED, NO)),
    'warning approval-path',
    /cannot be told/,
  ],
  [
    'classic reviews, the App named',
    classic('whole', [{ kind: 'reviews', count: 1, codeOwners: false }], true),
    'ok approval-path',
    /the classic protection/,
  ],
  [
    'classic reviews',
    classic('whole', [{ kind: 'reviews', count: 0, codeOwners: true }]),
    'warning approval-path',
    /asks for an approval of code owners/,
  ],
  [
    'by github and no rule',
    branchWith({ rules: known([]) }, { policies: approvalsWith({ by: 'github' }) }),
    'problem github-approval',
    /never merges/,
  ],
  [
    'by github and not all read',
    branchWith({ rules: known([]), classic: NO }, { policies: approvalsWith({ by: 'github' }) }),
    'warning github-approval',
    /that could be read/,
  ],
  [
    'by github and a rule',
    repositoryWith({ policies: approvalsWith({ by: 'github' }) }),
    'ok github-approval',
    /ask for the reviews/,
  ],
  [
    'reality 7: a merge would be refused',
    branchWith(ruleset(REVIEWED)),
    'problem automatic-merge',
    /would refuse.*asks for 1 approval.*Wanted by production\/fraud/,
  ],
  [
    'refused, and nobody wants it',
    branchWith(ruleset(REVIEWED), {
      policies: policiesWith({
        respond: { critical: 'review', high: 'review', medium: 'record', low: 'record' },
      }),
    }),
    'ok automatic-merge',
    /No policy asks/,
  ],
  [
    'refused, and the policies are not known',
    branchWith(ruleset(REVIEWED), { policies: NO }),
    'warning automatic-merge',
    /would refuse/,
  ],
  [
    'refused by the settings',
    branchWith({ methods: known(['merge']) }),
    'problem automatic-merge',
    /settings of the repository do not allow squash/,
  ],
  [
    'a merge cannot be judged',
    branchWith(ruleset(REVIEWED, NO)),
    'warning automatic-merge',
    /cannot be told/,
  ],
  [
    'a merge after checks',
    branchWith(ruleset([{ kind: 'checks', contexts: ['ci'], strict: false }])),
    'ok automatic-merge',
    /now, once "ci" passed/,
  ],
];
