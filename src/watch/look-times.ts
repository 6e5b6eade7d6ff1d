import { createHash } from 'node:crypto';
import { lookEvery } from '../monitors/evaluate.ts';
import type { Monitor } from '../monitors/monitor.ts';
import { SECOND, type Instant } from '../time.ts';

/**
 * When a monitor looks next, after a moment: on a grid of its own, so that monitors do not all ask at once, and that is
 * the same in every process. To the whole second.
 */
export function nextLookAfter(
  key: string,
  monitor: Monitor,
  armed: boolean,
  now: Instant,
): Instant {
  const every = Math.max(SECOND, Math.round(lookEvery(monitor, armed) / SECOND) * SECOND);
  const phase = Math.floor((numberOf(key) * every) / SECOND) * SECOND;
  return (Math.floor((now - phase) / every) + 1) * every + phase;
}

/** From 0 to 1, without 1: the same for the same name. */
function numberOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;
}
