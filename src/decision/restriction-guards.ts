import type { Restriction } from '../state/state.ts';
import type { Decision, DecisionInput } from './decision.ts';
import type { Finding } from './guard.ts';

/** The state cannot be read: there may be a hold or a freeze in it. */
export function stateUnreadable({ restrictions }: DecisionInput): Finding | undefined {
  const { unreadable } = restrictions;
  return unreadable && { facts: { file: unreadable.file, problem: unreadable.why } };
}

/** Lastgood does nothing by itself. Looked at again when the freeze ends. */
export function frozen({ restrictions }: DecisionInput): Finding | undefined {
  const { freeze } = restrictions;
  if (!freeze) return undefined;
  return {
    facts: factsOf(freeze),
    ...(freeze.until !== undefined && { recheckAt: freeze.until }),
  };
}

/** Nothing merges for the target. */
export function held({ restrictions }: DecisionInput): Finding | undefined {
  return restrictions.hold && { facts: factsOf(restrictions.hold) };
}

/** Somebody else wrote the state: what it allows may not be so. */
export function stateUntrusted({ restrictions }: DecisionInput): Finding | undefined {
  return restrictions.untrusted && { facts: { by: restrictions.untrusted.by } };
}

function factsOf({ by, until, reason }: Restriction): Decision['facts'] {
  return {
    ...(by && { by: by.login }),
    ...(until !== undefined && { until }),
    ...(reason !== undefined && { why: reason }),
  };
}
