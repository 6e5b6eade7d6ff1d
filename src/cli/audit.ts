import { gatherAudit } from '../audit/gather.ts';
import { auditReport, type AuditInput, type AuditReport } from '../audit/report.ts';
import { incidentOf } from '../rollback/branch.ts';
import { targetKey, type TargetKey } from '../target.ts';
import {
  auditMarkdown,
  auditSections,
  auditSource,
  auditSummary,
  verificationText,
} from '../texts/audit.ts';
import { auditCsv } from '../texts/audit-csv.ts';
import { auditHtml } from '../texts/audit-html.ts';
import { verifyHistory } from '../audit/verify/verify-history.ts';
import type { Oid } from '../releases/release.ts';
import { parseDuration, type Instant } from '../time.ts';
import { CommandFailed, EXIT, type ExitCode } from './exit-codes.ts';
import { policiesAt } from './policies.ts';
import { formatTable } from './table.ts';
import { toJson, type Terminal } from './terminal.ts';
import { withClone, type RepositoryOptions } from './with-clone.ts';

export const AUDIT_FORMATS = ['table', 'json', 'csv', 'markdown', 'html'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export interface AuditOptions extends RepositoryOptions {
  readonly since?: string;
  readonly until?: string;
  readonly target?: string;
  readonly format?: AuditFormat;
  /** Verifies every rollback instead of reporting them. */
  readonly verify?: boolean;
}

/**
 * Reports what was rolled back in a period, from a clone alone. Exit code 1 when a record is not complete: then
 * something merged that nobody can account for.
 */
export async function audit(options: AuditOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.verify === true) return verify(options, terminal);
  return withClone(options, terminal.now, async ({ clone, commit, now }) => {
    const period = {
      since: options.since === undefined ? 0 : momentOf('--since', options.since, now),
      until: options.until === undefined ? now : momentOf('--until', options.until, now),
    };
    const policies = await policiesAt(clone, commit, options.policy);
    const input = await gatherAudit(clone, period, { head: commit, policies });
    const report = auditReport(onlyOf(input, options.target));
    const format = options.json === true ? 'json' : (options.format ?? 'table');
    terminal.out(render(report, format));
    return report.complete === report.rollbacks.length ? EXIT.ok : EXIT.no;
  });
}

/** Derives anew whether every rollback was allowed. Exit code 1 when one was not, or cannot be accounted for. */
async function verify(options: AuditOptions, terminal: Terminal): Promise<ExitCode> {
  return withClone(options, terminal.now, async ({ clone, commit, now }) => {
    const policies = (at: Oid) => policiesAt(clone, at, options.policy);
    const verification = await verifyHistory(clone, commit, now, policies);
    const asJson = options.json === true || options.format === 'json';
    terminal.out(asJson ? toJson(verification) : verificationText(verification));
    return verification.violations.length === 0 ? EXIT.ok : EXIT.no;
  });
}

/** A day or a moment (`2026-11-01`, `2026-11-01T12:00:00Z`), or so long ago (`90d`). */
function momentOf(option: string, text: string, now: Instant): Instant {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const at = /^\d{4}-\d\d-\d\d(T.*)?$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new CommandFailed(
    EXIT.usage,
    `${option} ${text} is no moment. Write a day such as 2026-11-01, or how long ago, such as 90d.`,
  );
}

/** The part of it that is about one target, named `environment/model` or by its model. */
function onlyOf(input: AuditInput, name: string | undefined): AuditInput {
  if (name === undefined) return input;
  const wanted = (target: TargetKey): boolean => target === name || target.endsWith(`/${name}`);
  const all = [
    ...input.releases.keys(),
    ...input.merges.map(({ record }) => targetKey(record.target)),
    ...input.drills.map(({ target }) => target),
  ];
  if (!all.some(wanted)) {
    const known = [...new Set(all)].toSorted().join(', ') || 'none';
    throw new CommandFailed(EXIT.usage, `Nothing is known of the target ${name}. Known: ${known}.`);
  }
  const ofIncident = (incident: string): boolean => {
    const id = incidentOf(incident);
    return id !== undefined && wanted(targetKey(id.target));
  };
  return {
    ...input,
    merges: input.merges.filter(({ record }) => wanted(targetKey(record.target))),
    incidents: new Map([...input.incidents].filter(([incident]) => ofIncident(incident))),
    releases: new Map([...input.releases].filter(([target]) => wanted(target))),
    drills: input.drills.filter(({ target }) => wanted(target)),
    state: input.state.filter(({ target }) => wanted(targetKey(target))),
  };
}

/** The report in a form, without a line end after it. */
export function render(report: AuditReport, format: AuditFormat): string {
  switch (format) {
    case 'json':
      return toJson(report);
    case 'csv':
      return auditCsv(report);
    case 'markdown':
      return auditMarkdown(report);
    case 'html':
      return auditHtml(report);
    case 'table':
      return [
        auditSummary(report),
        ...auditSections(report).map(({ title, headings, rows, none }) => {
          const columns = headings.map((heading) => ({ heading, longest: 60 }));
          return `${title}\n${rows.length === 0 ? none : formatTable(columns, rows)}`;
        }),
        auditSource(report),
      ].join('\n\n');
  }
}
