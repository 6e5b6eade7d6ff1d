import type { Component } from '../manifests/pin.ts';
import type { Oid, Release } from './release.ts';
import type { Versions } from './versions.ts';

/** Why an earlier release is not the goal. Closed: every member has a sentence in `texts/passed-over.ts`. */
export type PassedOverReason =
  /** The pins could not be read, so nobody knows what ran. */
  | 'unreadable'
  /** Going back to it would change nothing. */
  | 'same-as-running'
  /** A rollback ended this release, or another one of exactly these values. */
  | 'rolled-back-from'
  /** It holds a version that a rollback went away from. */
  | 'quarantined'
  /** It holds a version that somebody quarantined. */
  | 'quarantined-by-hand'
  | 'beyond-max-depth'
  | 'too-short-soak'
  /** Somebody named a version, and this release runs another one. */
  | 'not-the-requested-version';

export interface PassedOver {
  readonly release: Release;
  readonly reason: PassedOverReason;
}

/** The release to go back to, or what there is instead. `passedOver` is newest first. */
export type Selection =
  | {
      readonly kind: 'release';
      readonly release: Release;
      readonly how: 'requested' | 'baseline' | 'newest-good';
      readonly passedOver: readonly PassedOver[];
    }
  | {
      readonly kind: 'fallback';
      /** Whole values by component; `none` leaves the component's pins alone. */
      readonly values: Readonly<Partial<Record<Component, string>>>;
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly kind: 'none'; readonly passedOver: readonly PassedOver[] };

/** The version that somebody named: of the model, or the release that a commit brought. */
export interface Requested {
  readonly version: string;
}

/** What people said about versions, as the state of the target has it. */
export interface Marks {
  /** What must not come back (see `suspects.ts`). */
  readonly quarantine: readonly Versions[];
  /** The commits that brought a quarantined version back by a reland. */
  readonly relanded: ReadonlySet<Oid>;
}

/** A release designated good before it is needed. */
export interface Baseline {
  /** The commit that brought it. */
  readonly commit: Oid;
}
