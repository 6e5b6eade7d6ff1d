import type { Oid } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import type { Actor, State } from './state.ts';

/** What is to be changed in the state, by whom and when. Closed: every member has its texts in `texts/state.ts`. */
export type Change =
  | (ByPerson & Until & { readonly kind: 'hold'; readonly target: Target; readonly reason: string })
  | (ByPerson & { readonly kind: 'unhold'; readonly target: Target })
  | (ByPerson & Until & { readonly kind: 'freeze'; readonly reason: string })
  | (ByPerson & { readonly kind: 'unfreeze' })
  | (ByPerson & OfPins & { readonly kind: 'baseline'; readonly commit: Oid })
  | (OfPins &
      InComment & {
        readonly kind: 'quarantine';
        readonly at: Instant;
        /** Absent: a rollback did, whose bad release `incident` brought. */
        readonly by?: Actor;
        readonly incident?: Oid;
        readonly reason: string;
      })
  | (ByPerson & OfPins & { readonly kind: 'reland'; readonly reason: string })
  /** A release came with what a reland let back. */
  | (OfPins & { readonly kind: 'used'; readonly at: Instant; readonly commit: Oid })
  /** Takes out what ended by itself. */
  | { readonly kind: 'expire'; readonly at: Instant };

interface ByPerson extends InComment {
  readonly by: Actor;
  readonly at: Instant;
  readonly reason?: string;
}

interface InComment {
  /** The comment that asked for it: by that, whoever handles it again finds the commit it led to. */
  readonly said?: string;
}

interface Until {
  readonly until?: Instant;
}

interface OfPins {
  readonly target: Target;
  readonly pins: Versions;
}

export interface StateFile {
  readonly path: string;
  /** Null: there is nothing left to say, and the file goes. */
  readonly text: string | null;
}

export type StateOutcome =
  | {
      readonly kind: 'changed';
      readonly state: State;
      readonly files: readonly StateFile[];
      readonly message: { readonly headline: string; readonly body: string };
    }
  /** What was asked for is so: nothing is written. */
  | { readonly kind: 'already' }
  /** The file cannot be read, and writing it anew would lose what it says. */
  | { readonly kind: 'unreadable'; readonly file: string };
