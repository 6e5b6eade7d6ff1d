import type { OtherAutomation } from '../automation/automation.ts';
import type { PinId } from '../manifests/pin.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { FileChange, Oid, Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';

/** Why there is no plan. One sentence for the person who has to go on. */
export interface PlanProblem {
  readonly code:
    | 'file-missing'
    | 'file-not-plain'
    | 'workflow-file'
    | 'pin-unreadable'
    | 'not-what-runs'
    | 'no-value'
    | 'pin-not-settable'
    | 'already-there';
  readonly message: string;
  readonly pin?: PinId;
}

export interface PlanInput {
  readonly policy: Pick<TargetPolicy, 'target' | 'pins'> &
    Partial<Pick<TargetPolicy, 'suspendAutomation'>>;
  /** The head of the default branch. */
  readonly base: Oid;
  /** The bad release: what runs at `base`. */
  readonly running: Release;
  readonly selection: Exclude<Selection, { kind: 'none' }>;
  /** The pins' files as of `base`, by path, and those in which what sets them is taken out of force. */
  readonly files: Readonly<Record<string, { readonly mode: string; readonly text: string }>>;
  /** What may set the pins again by itself, beside what stands on their lines. */
  readonly automations?: readonly OtherAutomation[];
  /** What changed in those files besides the pins since the goal stopped running (`otherChanges`), newest first. */
  readonly changesSince: readonly FileChange[];
}
