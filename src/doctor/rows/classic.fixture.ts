import type { Facts } from '../facts.ts';
import { branchWith, REVIEWED, ruleset } from '../facts.fixture.ts';
import { known, unknown } from '../reading.ts';

/** What GitHub did not let be read. */
export const NO = unknown('GitHub refused (status 403).');

/** A branch with a classic protection beside its rulesets, as far as it could be read. */
export const classic = (
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
