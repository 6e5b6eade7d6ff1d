import type { Alert } from '../alerts/alert.ts';
import type { Clone } from '../git/open-clone.ts';
import { alertsIn, isOwn } from '../journal/alert-facts.ts';
import { readLines } from '../journal/chain.ts';
import { JOURNAL_BRANCH, JOURNAL_FOLDER } from '../journal/journal-branch.ts';
import type { Oid } from '../releases/release.ts';
import { alertKey } from '../rollback/alert-key.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { Signal } from './decide-all.ts';

/** The alerts that the running service was sent, as its journal has them. */
export interface JournalAlerts {
  /** The newest commit of the journal; absent: the clone has no such branch. */
  readonly head?: Oid;
  /** When that was written: until then nothing else came. */
  readonly until?: Instant;
  /** In the order they came, each once. */
  readonly signals: readonly Signal[];
}

/**
 * Reads every alert about some targets that the journal tells of: from the files of their incidents, and from those of
 * the hours, where alerts stand that were about none. Which alert is about which target is left to `isWanted`.
 */
export async function readJournalAlerts(
  clone: Pick<Clone, 'branch' | 'commitInfo' | 'filesUnder' | 'blob'>,
  targets: readonly TargetKey[],
  isWanted: (alert: Alert) => boolean,
): Promise<JournalAlerts> {
  const head = await clone.branch(JOURNAL_BRANCH);
  if (head === undefined) return { signals: [] };
  const folders = ['hours', ...targets.map((target) => `incidents/${target}`)];
  const found = new Map<string, Signal>();
  for (const folder of folders) {
    for (const { path, blob } of await clone.filesUnder(head, `${JOURNAL_FOLDER}/${folder}`)) {
      if (!path.endsWith('.jsonl')) continue;
      const text = Buffer.from(await clone.blob(blob)).toString('utf8');
      for (const alert of readLines(text).flatMap(alertsIn)) {
        if (isOwn(alert) || !isWanted(alert)) continue;
        // The same news was decided about more than once where something kept it waiting.
        const key = `${alert.receivedAt} ${alertKey(alert)} ${alert.status}`;
        found.set(key, { at: alert.receivedAt, alert });
      }
    }
  }
  const signals = [...found].toSorted(([a, x], [b, y]) => x.at - y.at || (a < b ? -1 : 1));
  const { at: until } = await clone.commitInfo(head);
  return { head, until, signals: signals.map(([, signal]) => signal) };
}
