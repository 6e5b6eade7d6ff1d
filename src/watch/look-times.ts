import { createHash } from 'node:crypto';
import { lookEvery } from '../monitors/evaluate.ts';
import type { Monitor } from '../monitors/monitor.ts';
import { SECOND, type Instant, type Milliseconds } from '../time.ts';

/** The moments at which a monitor looks: `phase` after every multiple of `every`. To the whole second. */
export interface LookGrid {
  readonly every: Milliseconds;
  readonly phase: Milliseconds;
}

/**
 * When a monitor looks: on a grid of its own, so that monitors do not all ask at once, and that is the same in every
 * process.
 */
export function lookGrid(key: string, monitor: Monitor, armed: boolean): LookGrid {
  const every = Math.max(SECOND, Math.round(lookEvery(monitor, armed) / SECOND) * SECOND);
  return { every, phase: Math.floor((numberOf(key) * every) / SECOND) * SECOND };
}

/** The first moment of a grid after a moment. */
export function nextOnGrid({ every, phase }: LookGrid, now: Instant): Instant {
  return (Math.floor((now - phase) / every) + 1) * every + phase;
}

/** When a monitor looks next, after a moment. */
export function nextLookAfter(
  key: string,
  monitor: Monitor,
  armed: boolean,
  now: Instant,
): Instant {
  return nextOnGrid(lookGrid(key, monitor, armed), now);
}

/** From 0 to 1, without 1: the same for the same name. */
function numberOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;
}
