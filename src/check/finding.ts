import type { PinId, PinProblem } from '../manifests/pin.ts';
import type { PolicyProblem } from '../policy/policy.ts';
import type { Selection } from '../releases/selection.ts';
import type { Versions } from '../releases/versions.ts';
import type { TargetKey } from '../target.ts';
import type { WiderPowers } from './find-wider-powers.ts';
import type { Mutable } from './mutable-version.ts';

/** How much a finding weighs: it fails the check, it is a warning, or it is only told. */
export type Weight = 'fail' | 'warn' | 'tell';

/** Where in the pull request's files a finding stands, for an annotation. Lines are 1-based. */
export interface Where {
  readonly file: string;
  readonly line: number;
}

/** What the check has to say about a pull request. Closed: every member has a sentence in `texts/check.ts`. */
export type Finding = { readonly weight: Weight; readonly where?: Where } & (
  | { readonly kind: 'policy-problem'; readonly problem: PolicyProblem }
  /** There are more changed files than GitHub shows, so that changes of policies may go unseen. */
  | { readonly kind: 'not-all-seen' }
  /** Its policies and files with pins are together larger than what is read of a pull request, in bytes. */
  | { readonly kind: 'too-much'; readonly most: number }
  | {
      readonly kind: 'unreadable-pin';
      readonly target: TargetKey;
      readonly pin: PinId;
      readonly problem: PinProblem;
    }
  | {
      readonly kind: 'quarantined';
      readonly target: TargetKey;
      /** The quarantined versions that the pull request brings back. */
      readonly versions: Versions;
      /** Since when and why, as whoever recorded it said. */
      readonly because: string;
    }
  /** A release that was let back on purpose. */
  | {
      readonly kind: 'relanded';
      readonly target: TargetKey;
      readonly versions: Versions;
      /** Where a rollback took automation out of force, and it would stay so; absent: nowhere. */
      readonly suspended?: readonly Where[];
    }
  /** Where a rollback of what the pull request ships would go. */
  | { readonly kind: 'goal'; readonly target: TargetKey; readonly goal: Selection }
  | { readonly kind: 'no-goal'; readonly target: TargetKey; readonly goal: Selection }
  | {
      readonly kind: 'mutable-version';
      readonly target: TargetKey;
      readonly pin: PinId;
      readonly value: string;
      readonly mutable: Mutable;
    }
  /** Model and features would run together that never did, and nobody said that they belong together. */
  | { readonly kind: 'undeclared-pair'; readonly target: TargetKey; readonly versions: Versions }
  | { readonly kind: 'several-active'; readonly target: TargetKey; readonly versions: Versions }
  /** More people would decide about a target, or fewer would have to. */
  | (Pick<WiderPowers, 'target' | 'isNew' | 'wider'> & {
      readonly kind: 'wider-powers';
      /** Who proposes it, and whether they gain by it; absent where they do not, or nobody proposes it. */
      readonly author?: { readonly login: string; readonly gains: 'yes' | 'unknown' };
    })
);

/** What the check concludes. `warned` lets the pull request pass, visibly. */
export type Conclusion = 'passed' | 'warned' | 'failed';

/** The conclusion of all findings. */
export function conclude(findings: readonly Finding[]): Conclusion {
  if (findings.some(({ weight }) => weight === 'fail')) return 'failed';
  return findings.some(({ weight }) => weight === 'warn') ? 'warned' : 'passed';
}
