import type { Instant } from '../time.ts';
import type { DecisionInput } from './decision.ts';
import type { Finding } from './guard.ts';

/** Firings that count against the running release: those seen since it came. */
function counted({ evidence, running }: DecisionInput): readonly Instant[] {
  return evidence.firings.filter((at) => at >= running.at);
}

/** It has not been seen firing often enough in a row. */
export function tooFewFirings(input: DecisionInput): Finding | undefined {
  const have = counted(input).length;
  const need = input.policy.evidence.consecutive;
  return have < need ? { facts: { have, need } } : undefined;
}

/**
 * It has not been firing for long enough: since it began by its source's clock, or since it was first seen where that
 * is earlier, because the source gave no start or its clock is ahead.
 */
export function tooYoung(input: DecisionInput): Finding | undefined {
  const { now, evidence, policy } = input;
  const since = Math.min(evidence.alert.startsAt, ...counted(input).slice(0, 1));
  const until = since + policy.evidence.minAge;
  if (now >= until) return undefined;
  const facts = { have: Math.max(0, now - since), need: policy.evidence.minAge, until };
  return { facts, recheckAt: until };
}
