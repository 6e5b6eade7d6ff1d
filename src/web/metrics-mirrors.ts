import type { Registry } from 'prom-client';
import { SECOND, type Clock, type Instant } from '../time.ts';
import { addGauge } from './add-gauge.ts';

/** How far mirrors are behind, as far as is known. */
export interface MirrorAges {
  /** How many there are. */
  readonly open: number;
  /** When the mirror that was not fetched for longest was fetched. */
  readonly oldest?: Instant;
  /** Those whose last fetch failed. */
  readonly failing: number;
}

export function addMirrors(registry: Registry, mirrors: () => MirrorAges, clock: Clock): void {
  addGauge(registry, 'lastgood_mirrors', 'Repositories with a mirror.', () => mirrors().open);
  addGauge(
    registry,
    'lastgood_mirrors_failing',
    'Mirrors whose last fetch failed.',
    () => mirrors().failing,
  );
  addGauge(
    registry,
    'lastgood_mirror_age_seconds',
    'How long ago the mirror was fetched that was not fetched for longest.',
    () => {
      const { oldest } = mirrors();
      return oldest === undefined ? undefined : (clock() - oldest) / SECOND;
    },
  );
}
