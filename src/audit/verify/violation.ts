import type { Oid } from '../../releases/release.ts';

/** What an auditor can find wrong. Closed: every member has its meaning in `docs/audit.md`. */
export const VIOLATIONS = [
  // A rollback on the default branch
  'record-broken',
  'not-the-app',
  'diff-wider',
  'pins-differ',
  'policy-changed',
  'not-allowed',
  'held',
  'over-budget',
  'too-soon',
  'in-storm',
  'rung-differs',
  'not-last-good',
  'approvals-missing',
  'cannot-verify',
  // A drill on the default branch
  'drill-not-allowed',
  'drill-not-restored',
  // The journal beside it
  'journal-missing',
  'journal-differs',
  'journal-unfounded',
  'journal-broken',
  'journal-foreign',
  'journal-rewritten',
  'unsigned',
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

/** One thing that is not as it has to be. */
export interface Violation {
  readonly kind: ViolationKind;
  /** The commit that it is about; absent: a branch as a whole. */
  readonly commit?: Oid;
  /** One sentence: what was found, and what was expected. */
  readonly sentence: string;
}
