import type { ToldRollback } from '../releases/rolled-back.ts';
import { flatten } from './escape.ts';

/** Why Lastgood quarantined what a rollback went away from: which pull request did, and for what. */
export function rolledBackReason({ release, because }: ToldRollback): string {
  const number = /\(#(\d+)\)$|^Merge pull request #(\d+) /.exec(release.subject.trim());
  const pull = number?.[1] ?? number?.[2];
  const by = pull === undefined ? 'A rollback' : `Pull request #${pull}`;
  const away = `${by} rolled it back`;
  if (!because) return away;
  const { alert, requestedBy, reason } = because;
  const why = requestedBy
    ? `as ${flatten(requestedBy.login, 60)} asked${reason === undefined ? '' : `: ${flatten(reason, 200)}`}`
    : `for ${flatten(alert.name, 100)} (${flatten(alert.severity, 20)})`;
  return `${away} ${why}`;
}
