import type { AuditedRollback, AuditReport, Phase } from '../audit/report.ts';
import type { Verification } from '../audit/verify/verify-history.ts';
import type { Spread } from '../audit/statistics.ts';
import { formatDuration, formatInstant, type Milliseconds } from '../time.ts';
import { flatten, inCell, inProse } from './escape.ts';
import { shortCommit, versionName } from './names.ts';

/** A table of an audit, before it is laid out: for a terminal, Markdown and HTML alike. */
export interface AuditSection {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said where there is no row. */
  readonly none: string;
}

/** What each phase is called. */
export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  detection: 'Detection',
  triage: 'Triage',
  opening: 'Opening',
  execution: 'Execution',
  rollout: 'Roll-out',
  verification: 'Verification',
  restore: 'First signal to merge',
  recovery: 'First signal to verified',
};

/** The audit in two sentences. */
export function auditSummary(report: AuditReport): string {
  const { rollbacks, complete, completeShare, rejected, since, until } = report;
  const falses = rollbacks.filter(({ wasFalse }) => wasFalse).length;
  const period = `From ${since === 0 ? 'the beginning' : formatInstant(since)} to ${formatInstant(until)}`;
  return `${period}: ${rollbacks.length} rolled back, ${rejected.length} rejected, ${falses} false. ${complete} of ${rollbacks.length} records are complete (${percent(completeShare)}).`;
}

/** The audit as tables, in the order to read them. */
export function auditSections(report: AuditReport): readonly AuditSection[] {
  return [
    {
      title: 'Targets',
      headings: [
        'Target',
        'Releases',
        'Rollbacks',
        'Automatic',
        'Reviewed',
        'Rejected',
        'False',
        'Per release',
        'Median to merge',
      ],
      rows: report.targets.map((one) => [
        one.target,
        String(one.releases),
        String(one.rollbacks),
        String(one.automatic),
        String(one.reviewed),
        String(one.rejected),
        String(one.wasFalse),
        one.rate === undefined ? '-' : percent(one.rate),
        one.restore ? length(one.restore.p50) : '-',
      ]),
      none: 'No target has a policy, a rollback or a state.',
    },
    {
      title: 'Phases',
      headings: ['Phase', 'Times', 'Median', '90 %', '99 %', 'Longest'],
      rows: (Object.entries(report.phases) as [Phase, Spread][]).map(([phase, spread]) => [
        PHASE_NAMES[phase],
        String(spread.count),
        length(spread.p50),
        length(spread.p90),
        length(spread.p99),
        length(spread.longest),
      ]),
      none: 'Nothing was timed.',
    },
    {
      title: 'Rollbacks',
      headings: ['When', 'Target', 'From', 'To', 'How', 'Approved by', 'To merge', 'Record'],
      rows: report.rollbacks.map(rollbackRow),
      none: 'Nothing was rolled back.',
    },
    {
      title: 'Rejected',
      headings: ['When', 'Target', 'Pull request'],
      rows: report.rejected.map(({ at, target, pull }) => [
        formatInstant(at),
        target,
        pull === undefined ? '-' : `#${pull}`,
      ]),
      none: 'Nobody rejected a rollback.',
    },
    {
      title: 'Approvals',
      headings: ['Who', 'Approved'],
      rows: report.approvers.map(({ login, approved }) => [login, String(approved)]),
      none: 'Nobody approved a rollback.',
    },
    {
      title: 'Open quarantines',
      headings: ['Target', 'Pins', 'Since', 'By', 'Reason'],
      rows: report.quarantines.map(({ target, pins, since, by, reason = '-' }) => [
        target,
        Object.entries(pins)
          .map(([pin, version]) => `${pin} ${version}`)
          .join(', '),
        since === undefined ? '-' : formatInstant(since),
        by,
        reason,
      ]),
      none: 'Nothing is quarantined.',
    },
  ];
}

function rollbackRow(one: AuditedRollback): readonly string[] {
  const marks = [...(one.wasFalse ? ['false'] : []), ...(one.relapsed ? ['relapsed'] : [])];
  return [
    formatInstant(one.at),
    one.target,
    versionName(one.from),
    versionName(one.to),
    [one.mode, ...marks].join(', '),
    one.approvedBy.join(', ') || '-',
    one.took.restore === undefined ? '-' : length(one.took.restore),
    one.missing.length === 0 ? 'complete' : `lacks ${one.missing.join(', ')}`,
  ];
}

/** The audit as Markdown. Every text from outside is code. */
export function auditMarkdown(report: AuditReport): string {
  const sections = auditSections(report).map(({ title, headings, rows, none }) => {
    const table = [
      `| ${headings.join(' | ')} |`,
      `| ${headings.map(() => '---').join(' | ')} |`,
      ...rows.map((row) => `| ${row.map((cell) => inCell(cell)).join(' | ')} |`),
    ];
    return `## ${title}\n\n${rows.length === 0 ? none : table.join('\n')}`;
  });
  return [`# Audit of rollbacks`, inProse(auditSummary(report), 500), ...sections].join('\n\n');
}

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

/** `12 s` has no tenth; below ten seconds one is shown. */
export function length(took: Milliseconds): string {
  return took < 10_000 ? `${(took / 1_000).toFixed(1)}s` : formatDuration(took);
}

export function percent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
}

/** A commit and its branch, for whoever reads the report again later. */
export function auditSource({ head, journal }: AuditReport): string {
  const of = journal === undefined ? 'there is no journal' : `the journal ${shortCommit(journal)}`;
  return `Read at ${shortCommit(head)}; ${of}.`;
}

/** What the independent auditor found, a line each. */
export function verificationText(verification: Verification): string {
  const { violations, rollbacks, entries, app, signed, head, journal } = verification;
  const seen = `${rollbacks} rollbacks at ${shortCommit(head)} and ${entries} entries of the journal${journal === undefined ? '' : ` at ${shortCommit(journal)}`}`;
  const who = app === undefined ? 'No journal names the App.' : `The App is ${flatten(app)}.`;
  const signatures =
    signed === 0 ? 'None of its commits is signed.' : `${signed} of its commits are signed.`;
  const verdict =
    violations.length === 0
      ? `Verified: ${seen}. Nothing is wrong.`
      : `${violations.length} violations in ${seen}.`;
  return [
    ...violations.map(({ kind, sentence }) => `${kind}: ${flatten(sentence, 500)}`),
    verdict,
    `${who} ${signatures}`,
  ].join('\n');
}
