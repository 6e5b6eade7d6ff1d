import type { Decision, Evidence } from '../decision/decision.ts';
import type { TakenRung } from '../journal/trailers.ts';
import { compareParts, type PartsComparison } from '../releases/compare-parts.ts';
import type { Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import type { Instant } from '../time.ts';

/** Which parts of a model's state changed since the last good release, held against the first symptom. */
export interface PartsFound {
  readonly comparison: PartsComparison;
  readonly symptom: Instant;
}

/**
 * Compares the bad release with the last good one. Undefined where there is no symptom to hold the changes against, or
 * where the releases between were not looked at, so that nobody knows when each change came. Pure.
 */
export function whichParts({
  decision,
  evidence,
  running,
  selection,
  rung,
}: {
  readonly decision: Pick<Decision, 'reason'>;
  readonly evidence: Pick<Evidence, 'alert'>;
  readonly running: Release;
  readonly selection: Selection;
  readonly rung?: TakenRung;
}): PartsFound | undefined {
  // A part of a release is no release to compare with.
  if (rung && rung.rung !== 'release') return undefined;
  if (selection.kind !== 'release' || selection.how === 'baseline') return undefined;
  // Nobody sent the alert: a quarantined version came back.
  if (evidence.alert.format === 'lastgood' || decision.reason === 'mixed-pair') return undefined;
  const between = selection.passedOver.map(({ release }) => release);
  const symptom = evidence.alert.startsAt;
  return { comparison: compareParts(running, selection.release, between, symptom), symptom };
}
