import type { Instant, Milliseconds } from '../time.ts';
import type { Oid } from '../releases/release.ts';
import type { PinId } from '../manifests/pin.ts';
import type { Rung } from '../policy/policy.ts';
import type { Target } from '../target.ts';

/** Which rung of the policy's ladder a rollback is. */
export interface TakenRung {
  /** Counted from 1, as the policy lists them. */
  readonly number: number;
  readonly rung: Rung;
  /** The commit that brought the release which the first rollback of the ladder went away from. */
  readonly first: Oid;
}

/** The whole decision of a rollback as its commit carries it, for machines and auditors. */
export interface RollbackRecord {
  readonly target: Target;
  /** `automatic`: merged without an approval because the policy allows it. */
  readonly mode: 'automatic' | 'reviewed';
  readonly badCommit: Oid;
  /** Absent: the goal was the fallback. */
  readonly goalCommit?: Oid;
  /** Absent: the first one, which is the whole last good release. */
  readonly rung?: TakenRung;
  readonly base: Oid;
  /** Versions by pin, bad and good. */
  readonly from: Readonly<Record<PinId, string>>;
  readonly to: Readonly<Record<PinId, string>>;
  readonly alert: { readonly name: string; readonly source: string; readonly severity: string };
  readonly firstSeen: Instant;
  readonly decidedAt: Instant;
  /** Who approved it, by login and account id: in the merge commit of a reviewed rollback only. */
  readonly approvedBy?: readonly { readonly login: string; readonly id: number }[];
  /** After so long without a decision the policy merged it: in the merge commit of such a rollback only. */
  readonly unansweredFor?: Milliseconds;
  /** The person who sent the alert through GitHub; absent where no person did. */
  readonly alertBy?: { readonly login: string; readonly id: number };
  /** Who asked for it, and why; absent where an alert did. */
  readonly requestedBy?: { readonly login: string; readonly id: number };
  readonly reason?: string;
  /** The comments that asked for it and approved it, as in `comment 4711`: the act of each is recognised by them. */
  readonly said?: readonly string[];
  /** The policy file that allowed it, and the commit it was read at. */
  readonly policy: { readonly file: string; readonly commit: Oid };
}
