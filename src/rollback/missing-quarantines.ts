import type { ToldRollback } from '../releases/rolled-back.ts';
import { suspectsOf } from '../releases/suspects.ts';
import type { Change } from '../state/change.ts';
import type { TargetState } from '../state/state.ts';
import { rolledBackReason } from '../texts/quarantine.ts';
import type { Instant } from '../time.ts';

/** What a rollback quarantined, as a change of the state. */
export type AutomaticQuarantine = Extract<Change, { kind: 'quarantine' }>;

/**
 * What rollbacks went away from and the state does not name, oldest first. Each is dated by the commit that rolled it
 * back, never by when it is written down: a reland that somebody gave in between answers it all the same.
 */
export function missingQuarantines(
  { target, quarantine }: Pick<TargetState, 'target' | 'quarantine'>,
  told: readonly ToldRollback[],
  now: Instant,
): readonly AutomaticQuarantine[] {
  const known = new Set(quarantine.map(({ incident }) => incident));
  const missing = new Map<string, AutomaticQuarantine>();
  for (const one of told) {
    const { badCommit: incident, from, to, release } = one;
    const pins = from ? suspectsOf(from, to) : {};
    // Of a tuple that nobody can tell, or that differs in nothing, there is nothing to keep from coming back.
    if (known.has(incident) || Object.keys(pins).length === 0) continue;
    // A commit may be dated ahead of the clock.
    const at = Math.min(release.at, now);
    const reason = rolledBackReason(one);
    // Of several rollbacks of one incident the first one was it; they come newest first.
    missing.set(incident, { kind: 'quarantine', target, pins, incident, at, reason });
  }
  return [...missing.values()].sort((a, b) => a.at - b.at);
}
