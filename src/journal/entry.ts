import type { Alert } from '../alerts/alert.ts';
import type { Decision, Storm } from '../decision/decision.ts';
import type { Spell } from '../monitors/spell.ts';
import type { DrillRecord } from '../drill/drill.ts';
import type { PolicyProblem, Severity } from '../policy/policy.ts';
import type { Happened } from '../recovery/next-phase.ts';
import type { Plan } from '../rollback/plan.ts';
import type { Oid } from '../releases/release.ts';
import type { Account } from '../rollback/forge.ts';
import type { PartsFound } from '../rollback/which-parts.ts';
import type { Target } from '../target.ts';
import type { Samples } from './samples.ts';
import type { RollbackRecord } from './trailers.ts';
import type { Instant } from '../time.ts';

/** One thing that Lastgood decided, did, or saw happen. Every one has a sentence for people. */
export type Entry = {
  readonly at: Instant;
  /** `owner/name`. */
  readonly repository: string;
  /** The incident's branch, once there is an incident. */
  readonly incident?: string;
  readonly sentence: string;
  /** What was measured and led to it, for the plots of the incident's report. */
  readonly samples?: readonly Samples[];
} & (
  | {
      readonly kind: 'decided';
      readonly alert: Alert;
      readonly decision: Decision;
      readonly target?: Target;
      /** The policy that it rests on. */
      readonly policy?: RollbackRecord['policy'];
      /** How often the alert was seen firing, and since when. */
      readonly seen?: { readonly firings: number; readonly since: Instant };
    }
  | {
      readonly kind: 'planned';
      readonly plan: Plan;
      /** Which parts changed since the last good release, where that can be told. */
      readonly parts?: PartsFound;
    }
  | {
      readonly kind: 'proposed' | 'adopted';
      readonly plan: Plan;
      readonly number: number;
      readonly url: string;
      readonly record?: RollbackRecord;
    }
  | { readonly kind: 'renewed'; readonly plan: Plan; readonly number: number }
  | { readonly kind: 'waiting'; readonly number: number }
  | {
      readonly kind: 'merged';
      readonly number: number;
      readonly commit: Oid;
      /**
       * Who let it be merged: the policy, also where nobody decided in time, those who approved it, or somebody who
       * pressed the button.
       */
      readonly by?: 'policy' | 'timeout' | 'approval' | 'person';
      readonly record?: RollbackRecord;
      /** Read back from git and GitHub, because nobody wrote it down when it happened. */
      readonly rebuilt?: true;
    }
  | {
      readonly kind: 'closed';
      readonly number: number;
      readonly by?: 'lastgood' | 'person';
      readonly rebuilt?: true;
    }
  /** Something happened after the merge. */
  | {
      readonly kind: 'followed';
      readonly number: number;
      readonly commit: Oid;
      readonly happened: Happened['kind'] | 'ladder-ended' | 'retrain-started' | 'retrain-left';
      /** Since when it is so, where that is known: it is noticed later. */
      readonly since?: Instant;
      readonly rebuilt?: true;
    }
  /** Somebody else wrote to the journal's branch. */
  | { readonly kind: 'tampered'; readonly commit?: Oid; readonly login?: string }
  | { readonly kind: 'policy-problem'; readonly problem: PolicyProblem }
  | { readonly kind: 'storm'; readonly storm: Storm }
  | { readonly kind: 'storm-over' }
  /** The rollback of a target was prepared because a bound will be crossed soon; or that is over. */
  | { readonly kind: 'armed'; readonly target: Target; readonly armed: boolean }
  /** A monitor's looks were not good for a while, and led to nothing. */
  | {
      readonly kind: 'passed';
      readonly target: Target;
      readonly monitor: string;
      readonly why: Spell['kind'];
    }
  /** Somebody asked for something, and what came of it. */
  | {
      readonly kind: 'commanded';
      readonly number: number;
      readonly by: Account;
      readonly outcome: 'done' | 'told' | 'refused' | 'confused' | 'unheard';
    }
  /** A rehearsal of a rollback is over. */
  | { readonly kind: 'drilled'; readonly drill: DrillRecord }
  /** What is held, frozen, designated or quarantined changed, or cannot be told. */
  | { readonly kind: 'state' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** A person was called. */
  | { readonly kind: 'paged'; readonly key: string; readonly severity: Severity }
);

/** Takes entries; never fails and never keeps a rollback waiting. */
export interface Journal {
  write(entry: Entry): void;
}
