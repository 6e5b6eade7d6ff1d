import type { Instant } from '../time.ts';
import type { Decision, DecisionInput, Reason } from './decision.ts';

/** What a guard found: the numbers its sentence needs, and when it may be otherwise without a further signal. */
export interface Finding {
  readonly facts: Decision['facts'];
  readonly recheckAt?: Instant;
}

/** One rule that may hold a rollback back. Answers undefined when it does not apply. */
export interface Guard<R extends Reason = Reason> {
  readonly reason: R;
  readonly check: (input: DecisionInput) => Finding | undefined;
}
