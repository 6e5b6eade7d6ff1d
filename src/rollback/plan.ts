import type { Automation } from '../automation/automation.ts';
import type { Component, PinId } from '../manifests/pin.ts';
import type { CommitInfo, Oid } from '../releases/release.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';

/** One pin set to another value. */
export interface Edit {
  readonly pin: PinId;
  readonly component: Component;
  readonly file: string;
  readonly line: number;
  /** Versions, as people name them. */
  readonly from: string;
  readonly to: string;
  /** Whole scalars, as they stand in the file. */
  readonly before: string;
  readonly after: string;
}

/** A release as a plan names it. */
export interface PlannedRelease {
  readonly commit: Oid;
  readonly at: Instant;
  readonly author: string;
  readonly subject: string;
  readonly versions: Readonly<Record<PinId, string>>;
}

/** What a rollback would do: plain, serialisable data that can be printed, tested and compared. */
export interface Plan {
  readonly target: Target;
  /** The head of the default branch that the plan is made for. */
  readonly base: Oid;
  readonly bad: PlannedRelease;
  readonly goal:
    | ({ readonly kind: 'release' } & PlannedRelease)
    | { readonly kind: 'fallback'; readonly versions: Readonly<Record<PinId, string>> };
  readonly edits: readonly Edit[];
  readonly files: readonly PlannedFile[];
  /** What may set the pins again by itself; absent when nothing in the repository shows that anything does. */
  readonly automations?: readonly Automation[];
  /** What else changed in those files since the goal ran, and stays as it is. */
  readonly leftAlone: readonly (Pick<CommitInfo, 'commit' | 'at' | 'subject'> & {
    readonly author: string;
    readonly files: readonly string[];
  })[];
}

export interface PlannedFile {
  readonly path: string;
  /** git's file mode, kept: `100644`, `100755`. */
  readonly mode: string;
  readonly before: string;
  readonly after: string;
}
