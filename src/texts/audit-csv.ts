import type { Phase } from '../audit/phases.ts';
import type { AuditReport } from '../audit/report.ts';
import type { Milliseconds } from '../time.ts';
import { PHASE_NAMES } from './audit.ts';
import { versionName } from './names.ts';

/** The rollbacks as CSV (RFC 4180), a line each. A cell that a spreadsheet would take for a formula begins with `'`. */
export function auditCsv({ rollbacks }: AuditReport): string {
  const phases = Object.keys(PHASE_NAMES) as Phase[];
  const seconds = (took: Milliseconds | undefined) => (took === undefined ? '' : took / 1_000);
  const header = [
    ...'at target commit pull mode alert severity from to'.split(' '),
    ...'approved_by requested_by false relapsed missing'.split(' '),
    ...phases.map((phase) => `${phase}_seconds`),
  ];
  const rows = rollbacks.map((one) => [
    new Date(one.at).toISOString(),
    one.target,
    one.commit,
    one.pull ?? '',
    one.mode,
    one.alert,
    one.severity,
    versionName(one.from),
    versionName(one.to),
    one.approvedBy.join(' '),
    one.requestedBy ?? '',
    one.wasFalse,
    one.relapsed,
    one.missing.join(' '),
    ...phases.map((phase) => seconds(one.took[phase])),
  ]);
  return [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n');
}

function csvCell(value: string | number | boolean): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
