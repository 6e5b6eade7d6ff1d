import type { Contender } from '../backtest/backtest.ts';
import { readJournalAlerts, type JournalAlerts } from '../backtest/journal-alerts.ts';
import { readRecordedAlerts } from '../backtest/read-alerts.ts';
import type { Clone } from '../git/open-clone.ts';
import type { Span } from '../monitors/series.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { targetKey } from '../target.ts';
import { readNamed } from './read-named.ts';

/** The alerts of a file, or those about the targets that the journal of the repository has. */
export async function alertsFor(
  clone: Clone,
  contenders: readonly Contender[],
  from: string | false | undefined,
): Promise<JournalAlerts> {
  if (from === false) return { signals: [] };
  if (from !== undefined) {
    return { signals: await readNamed(from, () => readRecordedAlerts(from)) };
  }
  const targets = new Set(
    contenders.flatMap(({ policies }) => policies.map(({ target }) => targetKey(target))),
  );
  return readJournalAlerts(clone, [...targets], (alert) =>
    contenders.some(({ set }) => {
      const routed = routeAlert(alert, set);
      return routed.kind === 'target' && targets.has(targetKey(routed.policy.target));
    }),
  );
}

/** The time of recorded alerts: what is replayed where no metrics are. */
export function spanOf({ signals, until = -Infinity }: JournalAlerts): Span | undefined {
  if (signals.length === 0) return undefined;
  return {
    from: signals.reduce((least, { at }) => Math.min(least, at), Infinity),
    to: signals.reduce((most, { at }) => Math.max(most, at), until),
  };
}
