import type { Instant, Milliseconds } from '../time.ts';
import { readSeries, type Samples, type Series } from './series.ts';

/** One look at a metric: what was measured, when it is judged, and since when the suspect release runs. */
export interface Look {
  readonly samples: Samples;
  readonly at: Instant;
  readonly releasedAt: Instant;
}

/**
 * The samples that a look may judge: those of the window before it, and none from before the suspect release, which
 * cannot be its fault.
 */
export function readWindow(look: Look, window: Milliseconds): Series {
  const from = Math.max(look.at - window, look.releasedAt);
  return readSeries(look.samples, { from, to: look.at });
}
