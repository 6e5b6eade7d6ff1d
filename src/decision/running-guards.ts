import type { Pin } from '../manifests/pin.ts';
import type { DecisionInput } from './decision.ts';
import type { Finding } from './guard.ts';

/** The pins of the target's model; all of them when none is of that component, as with a model baked into an image. */
function modelPins({ policy }: DecisionInput): readonly Pin[] {
  const models = policy.pins.filter((pin) => pin.component === 'model');
  return models.length > 0 ? models : policy.pins;
}

/** Which pins cannot be read: what runs is unknown, so nothing may be changed. */
export function pinsUnreadable({ running }: DecisionInput): Finding | undefined {
  const [first, ...others] = running.problems;
  if (!first) return undefined;
  const { pin, problem } = first;
  return { facts: { pin, problem: problem.message, more: others.length } };
}

/**
 * The alert is about a version that does not run. Versions are text: `1.10` is not `1.1`, and `v1.10` is not `1.10`;
 * the facts say what runs, so that a label written otherwise is found out at once.
 */
export function staleVersion(input: DecisionInput): Finding | undefined {
  const { version } = input.evidence.alert;
  if (version === undefined) return undefined;
  const versions = modelPins(input).flatMap((pin) => input.running.values[pin.id]?.version ?? []);
  // Without a single readable version there is nothing to compare with; `pins-unreadable` says so.
  if (versions.length === 0 || versions.includes(version)) return undefined;
  return { facts: { version, runs: [...new Set(versions)].join(', ') } };
}

/**
 * The alert began before the running release did, so it is about an earlier one. No allowance is made for clocks that
 * differ: a bad release goes on firing, and the next alert for it begins after it.
 */
export function startedBeforeRelease({ evidence, running }: DecisionInput): Finding | undefined {
  const { startsAt } = evidence.alert;
  // When what runs cannot be read, nobody knows since when it has run.
  if (startsAt >= running.at || running.problems.length > 0) return undefined;
  return { facts: { startsAt, releasedAt: running.at, commit: running.commit } };
}
