import { refOf } from './commands/said.ts';
import { changesOf } from './kept-state.ts';
import { alertKey } from './rollback/alert-key.ts';
import { forgetOld } from './rollback/forget-evidence.ts';
import type { Kept } from './rollback/open-workspace.ts';
import { seeAlerts } from './rollback/see-alerts.ts';
import type { Ports } from './rollback/workspace.ts';
import type { Change } from './store/settlement.ts';
import type { Instant } from './time.ts';
import type { UseCases } from './visit-workspace.ts';

/**
 * One turn of a repository that cannot be read now: GitHub is down, or it has no commit yet. Nothing is lost by it.
 * Alerts are taken down and decided about at `again`, what was due is due again then, and everything else is found by
 * looking once the repository is open.
 */
export function visitUnreadable(
  ports: Pick<Ports, 'later' | 'clock'>,
  kept: Kept,
  again: Instant,
): UseCases & { changes(): readonly Change[] } {
  const seen = new Map(kept.evidence.map((one) => [alertKey(one.alert), one]));
  const before = {
    evidence: new Map(seen),
    open: new Map(),
    rollbacks: new Map(),
    recovering: new Map(),
    drills: new Map(),
  };
  const leave = (): Promise<void> => Promise.resolve();
  return {
    async alerted(alerts) {
      for (const alert of seeAlerts(seen, alerts)) {
        ports.later({ kind: 'reconsider', alert, telling: 'always', attempts: 1 }, again);
      }
      forgetOld(seen, ports.clock());
    },
    async due(due) {
      // To open it is due already.
      if (due.kind !== 'open') ports.later(due, again);
    },
    pushed: leave,
    pullChanged: leave,
    pullReopened: leave,
    checksChanged: leave,
    async said(at) {
      ports.later({ kind: 'said', ...refOf(at), attempts: 1 }, again);
    },
    async asked(ask) {
      ports.later({ kind: 'slack', ask, attempts: 1 }, again);
    },
    async judge(number) {
      ports.later({ kind: 'judge', number, attempts: 1 }, again);
    },
    async judgeGroup(group) {
      ports.later({ kind: 'judge-group', ...group, attempts: 1 }, again);
    },
    sweep: leave,
    changes: () => {
      const nothing = {
        open: new Map(),
        past: new Map(),
        recovering: new Map(),
        drills: new Map(),
      };
      return changesOf(before, { evidence: seen, ...nothing }).changes;
    },
  };
}
