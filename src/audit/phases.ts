import type { PhaseTimes } from '../journal/incident-story.ts';

/** The phases that are timed, by the moments that they begin and end with. */
export const PHASES = {
  detection: ['started', 'firstSeen'],
  triage: ['firstSeen', 'decided'],
  opening: ['decided', 'proposed'],
  execution: ['proposed', 'merged'],
  rollout: ['merged', 'rolledOut'],
  verification: ['rolledOut', 'verified'],
  /** From the first signal to the merge: what Lastgood answers for. */
  restore: ['firstSeen', 'merged'],
  /** From the first signal to verified recovery, where that is recorded. */
  recovery: ['firstSeen', 'verified'],
} as const satisfies Record<string, readonly [keyof PhaseTimes, keyof PhaseTimes]>;
export type Phase = keyof typeof PHASES;
