import type { AuditedRollback } from '../audit/audit-rollback.ts';
import type { Figures } from '../audit/figures.ts';
import type { Phase } from '../audit/phases.ts';
import type { Approver, AuditReport } from '../audit/report.ts';
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
      headings: ['Target', ...FIGURES],
      rows: report.targets.map((one) => [one.target, ...figuresRow(one)]),
      none: 'No target has a policy, a rollback or a state.',
    },
    {
      title: 'Months',
      headings: ['Month', ...FIGURES],
      rows: report.months.map((one) => [one.month, ...figuresRow(one)]),
      none: 'Nothing happened.',
    },
    {
      title: 'Targets by month',
      headings: ['Month', 'Target', ...FIGURES],
      rows: report.targets
        .flatMap(({ target, months }) => months.map((one) => ({ target, ...one })))
        .filter(({ rollbacks, rejected }) => rollbacks + rejected > 0)
        .toSorted((a, b) => (a.month < b.month ? -1 : a.month > b.month ? 1 : 0))
        .map(({ target, ...one }) => [one.month, target, ...figuresRow(one)]),
      none: 'Nothing was rolled back or rejected.',
    },
    {
      title: 'Phases',
      headings: ['Phase', ...SPREAD],
      rows: phaseRows(report.phases),
      none: 'Nothing was timed.',
    },
    {
      title: 'Phases by target',
      headings: ['Target', 'Phase', ...SPREAD],
      rows: report.targets.flatMap(({ target, phases }) =>
        phaseRows(phases).map((row) => [target, ...row]),
      ),
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
      headings: ['Who', 'Approved', 'What'],
      rows: report.approvers.map(({ login, approved }) => [
        login,
        String(approved.length),
        approvedText(approved),
      ]),
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
    ...drillSection(report),
  ];
}

const FIGURES = [
  'Releases',
  'Rollbacks',
  'Automatic',
  'Reviewed',
  'Rejected',
  'False',
  'Per release',
  'Complete',
  'Mean to merge',
  'Mean to recovery',
];

function figuresRow(one: Figures): readonly string[] {
  const { restore, recovery } = one.phases;
  return [
    ...[one.releases, one.rollbacks, one.automatic, one.reviewed, one.rejected, one.wasFalse].map(
      String,
    ),
    one.rate === undefined ? '-' : percent(one.rate),
    one.rollbacks === 0 ? '-' : percent(one.completeShare),
    restore ? length(restore.mean) : '-',
    recovery ? length(recovery.mean) : '-',
  ];
}

const SPREAD = ['Times', 'Mean', 'Median', '90 %', '99 %', 'Longest'];

function phaseRows(phases: Figures['phases']): readonly (readonly string[])[] {
  return (Object.entries(phases) as [Phase, Spread][]).map(
    ([phase, { count, mean, p50, p90, p99, longest }]) => [
      PHASE_NAMES[phase],
      String(count),
      ...[mean, p50, p90, p99, longest].map(length),
    ],
  );
}

/** So many of what a person approved are named; the table of rollbacks has all. */
const NAMED = 10;

function approvedText(approved: Approver['approved']): string {
  const named = approved
    .slice(-NAMED)
    .map(({ target, pull }) => (pull === undefined ? target : `${target} #${pull}`));
  const rest = approved.length - named.length;
  return [...(rest > 0 ? [`${rest} earlier`] : []), ...named].join(', ');
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

/** Rehearsals, where there were any: they are no rollbacks. */
function drillSection({ drills }: AuditReport): readonly AuditSection[] {
  if (drills.length === 0) return [];
  return [
    {
      title: 'Drills',
      headings: ['Target', 'Drills', 'Passed', 'Failed', 'Given up', 'Median', 'Last', 'Came to'],
      rows: drills.map(({ target, drills: all, passed, failed, givenUp, took, last }) => [
        target,
        ...[all, passed, failed, givenUp].map(String),
        took ? length(took.p50) : '-',
        formatInstant(last.at),
        last.outcome,
      ]),
      none: '',
    },
  ];
}

/** What the independent auditor found, a line each. */
export function verificationText(verification: Verification): string {
  const { violations, rollbacks, drills, entries, app, signed, head, journal } = verification;
  const rehearsed = drills === 0 ? '' : `, ${drills} merges of drills`;
  const seen = `${rollbacks} rollbacks${rehearsed} at ${shortCommit(head)} and ${entries} entries of the journal${journal === undefined ? '' : ` at ${shortCommit(journal)}`}`;
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
