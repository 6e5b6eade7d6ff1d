import type { Unrecorded } from '../backtest/backtest.ts';
import type {
  BacktestReport,
  HeldBack,
  PolicyReport,
  ReportedIncident,
  WouldRollBack,
} from '../backtest/report.ts';
import type { Score } from '../backtest/score.ts';
import { JOURNAL_BRANCH } from '../journal/journal-branch.ts';
import { STATE_BRANCH } from '../state/view.ts';
import { formatDuration, formatInstant, type Instant } from '../time.ts';
import type { AuditSection } from './audit.ts';
import { judgementSentence } from './judgement.ts';
import { count, listOf, shortCommit, versionName } from './names.ts';
import { reasonName } from './reasons.ts';

/** What was replayed, and beside what. */
export function backtestSummary(report: BacktestReport): string {
  const { targets, from, to, policy } = report;
  const { samples, looks, alerts } = policy;
  const named = targets.length <= 3 ? listOf(targets) : count(targets.length, 'target');
  return `${named} from ${formatInstant(from)} to ${formatInstant(to)} (${formatDuration(to - from)}): ${number(samples)} samples, ${number(looks)} looks and ${count(alerts, 'recorded alert')} replayed. ${branchWords(report)}`;
}

/** What the service wrote down itself, where the clone has it. */
function branchWords({ journal, state }: BacktestReport): string {
  const alerts =
    journal === null
      ? []
      : [`The alerts are those of ${JOURNAL_BRANCH} at ${shortCommit(journal)}.`];
  const held =
    state === null
      ? `No hold or freeze is known: this clone has no branch ${STATE_BRANCH}.`
      : `What was held and frozen is as ${STATE_BRANCH} has it at ${shortCommit(state)}.`;
  return [...alerts, held].join(' ');
}

/** The figures, of one policy or of two beside each other. */
export function figures({ policy, against }: BacktestReport): AuditSection {
  const both = against ? [policy, against] : [policy];
  const row = (name: string, say: (one: PolicyReport) => string): readonly string[] => [
    name,
    ...both.map(say),
  ];
  return {
    title: 'Figures',
    headings: ['', ...both.map((one, i) => nameOf(one, i))],
    rows: [
      row('incidents found', ({ score }) => foundWords(score)),
      row('time to detect', ({ score }) => detectWords(score)),
      row('rollbacks', ({ rollbacks }) => {
        const merged = rollbacks.filter(({ mergedAt }) => mergedAt !== null).length;
        return `${rollbacks.length}, of which ${merged} merged alone`;
      }),
      row(
        'false rollbacks',
        ({ score }) => `${score.falseRollbacks} in ${daysWords(score.freeDays)}`,
      ),
      row('false per 30 days', ({ score }) => rateWords(score)),
      row('people told instead', ({ acts }) => count(acts.notify, 'time')),
    ],
    none: '',
  };
}

/** The files of a policy: those of several targets are named by how many they are. */
function nameOf({ policies }: PolicyReport, index: number): string {
  const files = [...new Set(policies.map(({ file }) => file))];
  const [file = ''] = files;
  const name = files.length === 1 ? file : count(files.length, 'policy file');
  return index === 0 ? name : `against ${name}`;
}

/** `2 of 3 (66.7 %, interval 20.8 % to 93.9 %)`. */
export function foundWords({ incidents, found, recall }: Score): string {
  if (!recall) return 'no incident to find';
  const { share, low, high } = recall;
  return `${found} of ${incidents} (${percent(share)}, interval ${percent(low)} to ${percent(high)})`;
}

export function detectWords({ timeToDetect }: Score): string {
  if (!timeToDetect) return '-';
  const { median, p90 } = timeToDetect;
  return `median ${formatDuration(median)}, p90 ${formatDuration(p90)}`;
}

export function rateWords({ falsePer30Days: { rate, low, high } }: Score): string {
  return `${round(rate)} (interval ${round(low)} to ${round(high)})`;
}

/** What one policy would have done: its rollbacks, the incidents, what was held back, what could not be replayed. */
export function policySections(one: PolicyReport): readonly AuditSection[] {
  return [
    {
      title: 'Rollbacks',
      headings: [
        'At',
        'Target',
        'From',
        'To',
        'How',
        'Because of',
        'Incident',
        'After',
        'Evidence',
      ],
      rows: one.rollbacks.map(rollbackRow),
      none: 'None would have been opened.',
    },
    {
      title: 'Incidents',
      headings: ['Began', 'Until', 'Target', 'Incident', 'Answered after'],
      rows: one.incidents.map(incidentRow),
      none: 'None is known: --incidents names them, and rollbacks that really happened tell of some.',
    },
    {
      title: 'Held back',
      headings: ['Target', 'By', 'Instead', 'Times', 'Alerts', 'Releases', 'First'],
      rows: one.heldBack.map(heldRow),
      none: 'Nothing was held back.',
    },
    {
      title: 'Not replayed',
      headings: ['Target', 'Monitor', 'Series', 'Why'],
      rows: one.unrecorded.map((not) => [not.target, not.monitor, not.series ?? '-', whyNot(not)]),
      none: 'Everything was.',
    },
  ];
}

function whyNot({ monitor, series, unsure }: Unrecorded): string {
  if (!unsure) return series === undefined ? 'it names no server' : 'nothing was recorded of it';
  const { without, looks, found } = unsure;
  return `${judgementSentence(found, monitor)} ${number(without)} of ${number(looks)} looks came to no verdict.`;
}

function rollbackRow(one: WouldRollBack): readonly string[] {
  const { at, target, running, goal, alert, evidence, incident, after } = one;
  return [
    formatInstant(at),
    target,
    `${versionName(running.versions)} (${shortCommit(running.commit)})`,
    `${versionName(goal.versions)}${goal.commit === undefined ? '' : ` (${shortCommit(goal.commit)})`}`,
    howWords(one),
    alert.name,
    incident ?? 'none: false',
    lengthOf(after),
    evidence.summary ?? valueWords(evidence),
  ];
}

function howWords({ act, reason, mergedAt }: WouldRollBack): string {
  if (act === 'merge') return 'merges';
  const review = `review (${reasonName(reason)})`;
  return mergedAt === null ? review : `${review}, merges ${formatInstant(mergedAt)}`;
}

function valueWords({ value, threshold }: WouldRollBack['evidence']): string {
  if (value === undefined) return '-';
  return threshold === undefined ? value : `${value} against ${threshold}`;
}

function incidentRow({ began, to, target, name, after }: ReportedIncident): readonly string[] {
  return [
    formatInstant(began),
    formatInstant(to),
    target,
    name,
    after === null ? 'never' : lengthOf(after),
  ];
}

function heldRow(one: HeldBack): readonly string[] {
  const { target, reason, act, times, alerts, releases, first } = one;
  return [
    target,
    reasonName(reason),
    act,
    String(times),
    String(alerts),
    String(releases),
    formatInstant(first),
  ];
}

function lengthOf(after: number | null): string {
  if (after === null) return '-';
  return after < 0 ? `${formatDuration(-after)} before` : formatDuration(after);
}

/** `1.03`, `0`, or a word where no day was free. */
export function round(value: number): string {
  if (!Number.isFinite(value)) return 'countless';
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${round(100 * share)} %`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** A moment as a file name or a plot says it. */
export function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function daysWords(days: number): string {
  const text = round(days);
  return `${text} ${text === '1' ? 'day' : 'days'}`;
}
