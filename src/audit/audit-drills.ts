import type { DrillRecord } from '../drill/drill.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** The rehearsals of one target in a period: they are no rollbacks, and are told apart from them. */
export interface AuditedDrills {
  readonly target: TargetKey;
  readonly drills: number;
  readonly passed: number;
  readonly failed: number;
  readonly givenUp: number;
  /** When the last one ended, and what it came to. */
  readonly last: { readonly at: Instant; readonly outcome: DrillRecord['outcome'] };
  /** How long those took that passed. */
  readonly took?: Spread;
}

/** What the drills that ended in a period came to, target by target. Pure. */
export function auditDrills(
  drills: readonly DrillRecord[],
  within: (at: Instant) => boolean,
): readonly AuditedDrills[] {
  const ended = drills
    .filter(({ endedAt }) => within(endedAt))
    .toSorted((a, b) => a.endedAt - b.endedAt);
  const found = [...Map.groupBy(ended, ({ target }) => target)].map(([target, own]) => {
    const of = (outcome: DrillRecord['outcome']) => own.filter((one) => one.outcome === outcome);
    const last = own.at(-1);
    const took = spreadOf(of('passed').map(({ startedAt, endedAt }) => endedAt - startedAt));
    return {
      target,
      drills: own.length,
      passed: of('passed').length,
      failed: of('failed').length,
      givenUp: of('given-up').length,
      last: { at: last?.endedAt ?? 0, outcome: last?.outcome ?? 'given-up' },
      ...(took && { took }),
    };
  });
  return found.toSorted((a, b) => (a.target < b.target ? -1 : 1));
}
