import type { BranchFacts, PolicyFacts } from './facts.ts';
import type { Gate } from './gates.ts';

/** What the checks of a repository's branch look at. */
export interface BranchCase {
  readonly about: string;
  /** The default branch. */
  readonly name: string;
  readonly slug: string;
  readonly branch: BranchFacts;
  /** Every rule for the default branch. */
  readonly gates: readonly Gate[];
  /** Whether classic protection may hold more than could be read. */
  readonly unsure: boolean;
  /** Absent when they could not be read. */
  readonly policies: PolicyFacts | undefined;
}
