import { rungName } from '../policy/rung-name.ts';
import { targetKey } from '../target.ts';
import { SECOND } from '../time.ts';
import { encodeValue } from './trailer-value.ts';
import type { RollbackRecord } from './trailers.ts';

/**
 * The record as git trailers: one paragraph to put at the end of a commit message, without a line end after it.
 * `git interpret-trailers --parse`, `git log --format='%(trailers)'` and {@link readTrailers} read it.
 * Values from outside are encoded (see {@link encodeValue}), so that none of them can add a line.
 */
export function writeTrailers(record: RollbackRecord): string {
  const { target, alert, policy } = record;
  const pins = (key: string, versions: Readonly<Record<string, string>>): Line[] =>
    Object.entries(versions).map(([pin, version]) => [
      key,
      `${encodeValue(pin)}=${encodeValue(version)}`,
    ]);
  const lines: Line[] = [
    ['Target', encodeValue(targetKey(target))],
    ['Mode', record.mode],
    ['Bad', record.badCommit],
    ...(record.goalCommit === undefined ? [] : [['Goal', record.goalCommit] satisfies Line]),
    ...(record.rung
      ? [
          ['Rung', `${record.rung.number} ${rungName(record.rung.rung)}`] satisfies Line,
          ['First-Bad', record.rung.first] satisfies Line,
        ]
      : []),
    ['Base', record.base],
    ...pins('From', record.from),
    ...pins('To', record.to),
    ['Alert', encodeValue(alert.name)],
    ['Alert-Source', encodeValue(alert.source)],
    ...(record.alertBy
      ? [['Alert-By', `${encodeValue(record.alertBy.login)} ${record.alertBy.id}`] satisfies Line]
      : []),
    ['Severity', encodeValue(alert.severity)],
    ['First-Seen', new Date(record.firstSeen).toISOString()],
    ['Decided', new Date(record.decidedAt).toISOString()],
    ...(record.approvedBy ?? []).map(({ login, id }): Line => [
      'Approved-By',
      `${encodeValue(login)} ${id}`,
    ]),
    ...(record.unansweredFor === undefined
      ? []
      : [['Unanswered-For', `${record.unansweredFor / SECOND}s`] satisfies Line]),
    ...(record.requestedBy
      ? [
          [
            'Requested-By',
            `${encodeValue(record.requestedBy.login)} ${record.requestedBy.id}`,
          ] satisfies Line,
        ]
      : []),
    ...(record.reason === undefined ? [] : [['Reason', encodeValue(record.reason)] satisfies Line]),
    ...(record.said ?? []).map((said): Line => ['Said', encodeValue(said)]),
    ['Policy', `${encodeValue(policy.file)}@${policy.commit}`],
  ];
  return lines.map(([key, value]) => `Lastgood-${key}: ${value}`).join('\n');
}

type Line = [key: string, value: string];
