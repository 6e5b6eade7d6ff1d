import type { Alert } from '../alerts/alert.ts';
import type { Decision, Evidence } from '../decision/decision.ts';
import type { TakenRung } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import type { PassedOver, Selection } from '../releases/selection.ts';
import { versionsOf } from '../releases/versions.ts';
import type { Plan, PlannedRelease } from '../rollback/plan.ts';
import { whichParts } from '../rollback/which-parts.ts';
import { targetKey } from '../target.ts';
import type { Plot } from '../plot/plot.ts';
import { textPlot } from '../plot/text-plot.ts';
import { formatDuration, formatInstant, type Instant } from '../time.ts';
import { automationSentence, otherBytes } from './automation.ts';
import { inCell, inCode, inProse, inSentence, linkOutside } from './escape.ts';
import { footer } from './footer.ts';
import { headline } from './headline.ts';
import { count, listOf, principalName, shortCommit, versionName } from './names.ts';
import { partsText } from './parts.ts';
import { rungSummary, triedText, type Tried } from './ladder.ts';
import { passedOverSentence } from './passed-over.ts';
import { decisionSentence } from './reasons.ts';

/** So many lines of a list are shown; the rest is counted. GitHub takes 65,536 characters (GitHub reality 25). */
const LISTED = 10;
const PINS_LISTED = 50;

export interface PullRequestFacts {
  readonly policy: Pick<TargetPolicy, 'approvals'>;
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly running: Release;
  readonly selection: Selection;
  readonly plan: Plan;
  readonly rung?: TakenRung;
  readonly tried?: readonly Tried[];
}

/** `Roll back production/fraud-detector: 1.10 → 1.9`, at most 72 characters. */
export function pullRequestTitle(plan: Plan): string {
  return headline(plan);
}

export function pullRequestLabels(alert: Pick<Alert, 'severity'>): readonly string[] {
  return ['lastgood', 'rollback', alert.severity];
}

/**
 * What a person needs to decide, on a phone, at night: first what is wrong and what happens, then the evidence, then
 * everything else. Markdown; whatever comes from outside is escaped.
 */
export function pullRequestBody(facts: PullRequestFacts): string {
  const { plan, evidence, selection, running } = facts;
  return [
    summary(facts),
    isRequested(facts)
      ? section('Who asked for it', asked(facts))
      : section(
          isReturn(evidence) ? 'What came back' : 'What is failing',
          failing(evidence, running),
        ),
    section('What was tried before', triedText(facts.tried ?? [])),
    section('What happens next', next(facts)),
    section('What changes', changesTable(plan)),
    section('Which part', whichPart(facts)),
    section('What may bring it back', list(plan.automations ?? [], automationSentence)),
    section('Bad release', `${release(plan.bad)} It has run since ${formatInstant(plan.bad.at)}.`),
    section('Last good release', good(plan, selection, facts.rung)),
    section('Passed over', list(selection.passedOver, passedOver)),
    section(
      'Changed since, and left alone',
      list(
        plan.leftAlone,
        ({ commit, subject, author, files }) =>
          `${shortCommit(commit)} ${inCode(subject, 80)} by ${inProse(author, 60)}, in ${shownFiles(files)}`,
      ),
    ),
    footer(plan),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, text: string): string {
  return text === '' ? '' : `### ${title}\n\n${text}`;
}

function list<T>(items: readonly T[], line: (item: T) => string): string {
  const shown = items.slice(0, LISTED).map((item) => `- ${line(item)}`);
  const rest = items.length - shown.length;
  return [...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
}

function summary({ plan, decision, selection, evidence, rung }: PullRequestFacts): string {
  const { target, bad, goal } = plan;
  const [from, to] = [bad, goal].map(({ versions }) =>
    versionName(versions, (one) => inCode(one, 80)),
  );
  const chosen = selection.kind === 'release' && selection.how === 'requested';
  const good = chosen ? 'the version that was asked for' : 'the last good release';
  const what = goal.kind === 'fallback' ? `the fallback ${to}` : `${to}, ${good}`;
  if (decision.reason === 'mixed-pair') {
    return `${inCode(targetKey(target))} runs versions that never ran together. This brings back ${what}, whole.`;
  }
  if (isRequested({ decision })) {
    return `This takes ${inCode(targetKey(target))} from ${from} back to ${what}.`;
  }
  if (isReturn(evidence)) {
    return `${inCode(targetKey(target))} runs ${from} again, which is quarantined, without a reland. This takes it back to ${what}.`;
  }
  if (rung) return rungSummary(plan, rung, from ?? '', to ?? '');
  return `${inCode(targetKey(target))} misbehaves at ${from}. This takes it back to ${what}.`;
}

function isRequested({ decision }: Pick<PullRequestFacts, 'decision'>): boolean {
  return decision.reason === 'requested' || decision.reason === 'break-glass';
}

function asked({ decision, evidence }: PullRequestFacts): string {
  const who = inCode(String(decision.facts['by'] ?? 'somebody'));
  const when = formatInstant(evidence.alert.startsAt);
  const why =
    evidence.alert.summary === undefined ? '' : `\n\n> ${inProse(evidence.alert.summary, 500)}`;
  return `${who}, at ${when}.${why}`;
}

function whichPart(facts: PullRequestFacts): string {
  const found = whichParts(facts);
  return found ? partsText(found.comparison, found.symptom) : '';
}

/** Nobody sent the alert: a quarantined version came back. */
function isReturn({ alert }: Evidence): boolean {
  return alert.format === 'lastgood';
}

function failing({ alert, firings }: Evidence, running: Release): string {
  const value = alert.value === undefined ? '' : ` Value ${inCode(alert.value, 60)}`;
  const threshold =
    alert.threshold === undefined
      ? ''
      : `${value === '' ? ' Threshold' : ', threshold'} ${inCode(alert.threshold, 60)}`;
  const after = alert.startsAt - running.at;
  if (alert.format === 'lastgood') return inProse(alert.summary ?? '', 500);
  const lines = [
    `${inCode(alert.name, 100)}, ${alert.severity}, from ${inCode(alert.source, 60)}.${value}${threshold}${value || threshold ? '.' : ''}`,
    ...(alert.summary === undefined ? [] : [`> ${inProse(alert.summary, 500)}`]),
    `Firing since ${formatInstant(alert.startsAt)}${after > 0 ? `, ${formatDuration(after)} after this release came` : ''}; seen ${count(firings.length, 'time')}.`,
  ];
  const link = alert.link === undefined ? undefined : linkOutside('Open the alert', alert.link);
  return [
    ...lines,
    ...measuredPlots(alert, running.at),
    ...(link === undefined ? [] : [link]),
  ].join('\n\n');
}

/** A plot is at most so wide, and has fewer characters than points: a blank is a time without any. */
const MOST_WIDE = 40;
const PER_POINT = 0.75;

/** What Lastgood itself measured, drawn in text. A release of long before would leave no room for it. */
function measuredPlots({ measured = [], startsAt }: Alert, releasedAt: Instant): string[] {
  return measured.map(({ name, values, points, bound }) => {
    const plot: Plot = {
      title: name,
      ...(values && { values }),
      from: points.reduce((first, { at }) => Math.min(first, at), startsAt),
      series: [{ name, points }],
      marks: [
        { kind: 'release', at: releasedAt, label: 'release' },
        { kind: 'alert', at: startsAt, label: 'bad since' },
      ],
      ...(bound && { bounds: [bound] }),
    };
    const width = Math.min(Math.ceil(PER_POINT * points.length), MOST_WIDE);
    return `\`\`\`text\n${textPlot(plot, width)}\n\`\`\``;
  });
}

function next({ decision, evidence, plan, policy }: PullRequestFacts): string {
  const target = targetKey(plan.target);
  const held =
    decision.reason === 'policy' || isRequested({ decision })
      ? []
      : [decisionSentence(decision, { alert: evidence.alert, target }, inCode)];
  return [...held, `${steps(decision, policy.approvals)} ${stop(decision)}`].join('\n\n');
}

function steps(decision: Decision, { by, required, from }: TargetPolicy['approvals']): string {
  if (decision.act === 'merge' && decision.reason === 'mixed-pair') {
    return 'Lastgood merges this at once, because the rollback before it was allowed to merge.';
  }
  if (decision.reason === 'break-glass') {
    return 'Lastgood merges this at once, because somebody who may broke the glass. It is to be reviewed afterwards.';
  }
  if (decision.act === 'merge' && decision.reason === 'returned') {
    return 'Lastgood merges this at once.';
  }
  if (decision.act === 'merge') {
    return 'Lastgood merges this at once, as the policy says for this severity.';
  }
  if (by === 'github') {
    return 'Lastgood merges this when the rules of the default branch call it approved.';
  }
  const who =
    from.length > 0
      ? listOf(
          from.map((one) => inCode(principalName(one))),
          'or',
        )
      : 'anyone who may write to this repository';
  return `Lastgood merges this after ${count(required, 'approval')} from ${who}: by a review, or by ${inCode('/approve')} in a comment here.`;
}

function stop(decision: Decision): string {
  const close =
    'To stop it, close this pull request: that is a no, and it is not opened again for this release.';
  if (decision.act !== 'merge') return close;
  return `${close} After the merge, \`/reland\` lets it come back; Lastgood never undoes a rollback by itself.`;
}

/** What a plan sets, as a table. Markdown. */
export function changesTable({ edits, automations }: Pick<Plan, 'edits' | 'automations'>): string {
  const shown = edits.slice(0, PINS_LISTED).map(({ pin, from, to, file, line }) => {
    const where = `${inCell(file, 300)} line ${line}`;
    return `| ${inCell(pin)} | ${inCell(from, 120)} | ${inCell(to, 120)} | ${where} |`;
  });
  const rest = edits.length - shown.length;
  return [
    '| Pin | From | To | Where |',
    '| --- | --- | --- | --- |',
    ...shown,
    '',
    `${rest > 0 ? `And ${count(rest, 'more pin')}. ` : ''}${otherBytes(automations)}`,
  ].join('\n');
}

function release({ commit, author, subject, versions }: PlannedRelease): string {
  const each = Object.entries(versions)
    .slice(0, LISTED)
    .map(([pin, version]) => `${inCode(pin)} ${inCode(version, 120)}`);
  return `${each.join(', ')}, shipped by ${inProse(author, 60)} in ${shortCommit(commit)} ${inCode(subject, 80)}.`;
}

function good({ goal }: Plan, selection: Selection, taken?: TakenRung): string {
  if (taken?.rung === 'fallback')
    return 'The last good release did not help, so this takes the fallback that the policy names.';
  if (goal.kind === 'fallback' || selection.kind !== 'release') {
    return 'No earlier release is good, so this takes the fallback that the policy names.';
  }
  const { at, until } = selection.release;
  const ran = until
    ? ` It ran from ${formatInstant(at)} for ${formatDuration(Math.max(0, until.at - at))}.`
    : '';
  const how = (taken?.number ?? 1) > 1 ? LATER_RUNG : HOW[selection.how];
  return `${release(goal)}${ran} ${how}`;
}

const LATER_RUNG = 'It is the release that the first rollback of the ladder went back to.';

const HOW = {
  requested: 'It is the version that was asked for.',
  baseline: 'It is the release that was designated as the baseline.',
  'newest-good':
    'It is the newest earlier release that ran long enough and was never rolled back from.',
};

function passedOver(one: PassedOver): string {
  const { commit, subject } = one.release;
  const name = versionName(versionsOf(one.release), (version) => inCode(version, 80));
  const which = `${shortCommit(commit)} ${inCode(subject, 80)}`;
  return `${name === '' ? '' : `${name}, `}${which}: ${inSentence(passedOverSentence(one), 250)}`;
}

function shownFiles(files: readonly string[]): string {
  const shown = files.slice(0, 3).map((file) => inCode(file, 200));
  const rest = files.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : listOf(shown);
}
