import type { Instant } from '../time.ts';
import type { IncidentStory } from './incident-story.ts';

/** From when to when the model misbehaved, as far as it is known. */
export interface Impact {
  readonly from: Instant;
  /** Absent: it goes on, or nobody can tell when it ended. */
  readonly until?: Instant;
  /** By what it is known that it ended. */
  readonly by?: 'recovered' | 'rolled-out' | 'merged';
}

/**
 * From the first symptom (the alert's own beginning, or when it was first seen) to recovery; where nothing told of
 * recovery, to the roll-out or at least the merge. Undefined when no symptom is known. Pure.
 */
export function impactOf({ times, relapses, end }: IncidentStory): Impact | undefined {
  const from = times.started ?? times.firstSeen;
  if (from === undefined) return undefined;
  const { verified, rolledOut, merged } = times;
  const lastRelapse = relapses.at(-1) ?? 0;
  if (verified !== undefined && verified > lastRelapse) {
    return { from, until: Math.max(from, verified), by: 'recovered' };
  }
  if (lastRelapse > 0 || end === undefined || end.how === 'given-up' || end.how === 'ladder-ended')
    return { from };
  if (rolledOut !== undefined) return { from, until: Math.max(from, rolledOut), by: 'rolled-out' };
  return merged === undefined ? { from } : { from, until: Math.max(from, merged), by: 'merged' };
}
