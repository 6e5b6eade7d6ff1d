import type { TargetPolicy } from '../policy/policy.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import type { Target } from '../target.ts';
import type { DrillRun, GiveUpReason, PhaseResult } from './drill.ts';

/** What a phase is tried with. */
export interface Step {
  readonly workspace: Workspace;
  readonly ports: Ports;
  readonly run: DrillRun;
  readonly target: Target;
  /** How often this phase was tried, this time included. */
  readonly attempts: number;
}

/** The same of a phase that needs the policy. */
export interface PolicyStep extends Step {
  readonly policy: TargetPolicy;
  /** Whether the policy names the target's environment for drills that merge. */
  readonly merges: boolean;
}

/** What a phase came to. */
export type Did =
  /** It is over; `change` is what the drill knows since. */
  | (Pick<PhaseResult, 'outcome' | 'finding'> & {
      readonly change?: Partial<Pick<DrillRun, 'plan' | 'pull' | 'merged'>>;
    })
  /** It may come to an end by itself: it is tried again in a moment. */
  | { readonly again: string }
  /** Somebody interfered. */
  | { readonly giveUp: GiveUpReason; readonly change?: Pick<DrillRun, 'pull'> };

/** So often a phase is tried that may end well by itself: ten minutes at most. */
export const MOST_TRIES = 10;

/** The outcome of a phase that may be tried again, unless it was tried often enough. */
export function again({ attempts }: Step, finding: string): Did {
  return attempts < MOST_TRIES ? { again: finding } : { outcome: 'failed', finding };
}
