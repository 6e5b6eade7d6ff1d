import { impactOf } from '../../journal/impact.ts';
import type { JournalLine } from '../../journal/chain.ts';
import { incidentStory, type IncidentStory } from '../../journal/incident-story.ts';
import { formatInstant } from '../../time.ts';
import { inCell, inCode, inProse } from '../escape.ts';
import { times } from '../journal.ts';
import { shortCommit } from '../names.ts';
import { plainly } from '../notify.ts';
import { partsText } from '../parts.ts';
import { actionsSection } from './actions.ts';
import { alertsSection } from './alerts.ts';
import { phasesSection } from './phases.ts';
import { approvalsSection } from './approvals.ts';
import { impactText, outcomeText } from './impact.ts';
import { toFillIn } from './to-fill-in.ts';

/**
 * The page of one incident for people, by its entries in the order of the chain: while it goes on what is known, and at
 * its end the draft of a post-mortem. `plots` are its pictures, as the page names them. The same entries give the same
 * text. Markdown; whatever comes from outside is escaped.
 */
export function incidentReport(
  lines: readonly JournalLine[],
  plots: readonly { readonly title: string; readonly file: string }[] = [],
): string {
  const story = incidentStory(lines);
  if (!story) return '# No incident\n\nNo entry of this file names an incident.\n';
  const over = story.end !== undefined;
  return [
    `# The incident of ${inProse(story.target)}`,
    ...(over ? [DRAFT] : []),
    summary(story),
    section('Impact', impactText(story, impactOf(story))),
    section('Versions', versionTable(story)),
    section(
      'Which part',
      story.parts ? partsText(story.parts.comparison, story.parts.symptom) : '',
    ),
    section('Alerts and metrics', alertsSection(story, plots)),
    section('Times', phasesSection(story)),
    section('Approvals', approvalsSection(story)),
    section('Timeline', timeline(lines)),
    ...(over ? [toFillIn(story), section('Corrective actions', actionsSection(story))] : []),
    over ? COPY : GOES_ON,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const DRAFT =
  '**Draft of a post-mortem.** Everything above "For people to fill in" comes from the entries beside this page.';
const COPY =
  'Lastgood wrote this page and writes it anew if the incident goes on. Copy it to where your post-mortems stand before you fill it in.';
const GOES_ON =
  'Lastgood wrote this page and the entries beside it; it is written anew with every entry, so notes belong elsewhere.';

function section(title: string, text: string): string {
  return text === '' ? '' : `## ${title}\n\n${text}`;
}

function summary(story: IncidentStory): string {
  const { bad, alert, pull, record, merge } = story;
  const rung = record?.rung ?? 1;
  const facts = [
    `- Outcome: ${outcomeText(story)}`,
    `- Bad release: ${inCode(shortCommit(bad))}`,
    ...(alert ? [`- Alert: ${inCode(alert.name)} (${inProse(alert.severity)})`] : []),
    ...(pull === undefined ? [] : [`- Pull request: #${pull}`]),
    ...(merge ? [`- Merge commit: ${inCode(shortCommit(merge.commit))}`] : []),
    ...(rung > 1
      ? [
          `- Rung ${rung} of the ladder: ${inCode(record?.tries ?? '')}. What was before did not help.`,
        ]
      : []),
    ...(record?.requestedBy
      ? [
          `- Asked for by: ${inCode(record.requestedBy.login)}: ${inProse(record.reason ?? '', 500)}`,
        ]
      : []),
    ...(record
      ? [`- Policy: ${inCode(record.policy.file)} at ${inCode(shortCommit(record.policy.commit))}`]
      : []),
    ...(story.rebuilt ? ['- Read back from git and GitHub, since its entries were lost.'] : []),
  ];
  return facts.join('\n');
}

function versionTable({ from, to, releases }: IncidentStory): string {
  if (!from || !to) return '';
  const rows = Object.keys(from).map(
    (pin) => `| ${inCell(pin)} | ${inCell(from[pin] ?? '')} | ${inCell(to[pin] ?? '')} |`,
  );
  const table = ['| Pin | From | To |', '| --- | --- | --- |', ...rows].join('\n');
  const shipped = (what: string, one: IncidentStory['releases']['bad']): readonly string[] =>
    one
      ? [
          `The ${what} release came with ${inCode(shortCommit(one.commit))} by ${inProse(one.author, 60)}, at ${formatInstant(Date.parse(one.at))}.`,
        ]
      : [];
  const came = [...shipped('bad', releases.bad), ...shipped('last good', releases.goal)];
  return [table, ...(came.length > 0 ? [came.join(' ')] : [])].join('\n\n');
}

function timeline(lines: readonly JournalLine[]): string {
  return [...lines]
    .sort((a, b) => a.seq - b.seq)
    .map(({ at, sentence, repeats }) => {
      const said = inProse(plainly(sentence), 600);
      const count = repeats && { count: repeats.count, until: Date.parse(repeats.until) };
      return `- ${formatInstant(Date.parse(at) || 0)}: ${said}${times(count)}`;
    })
    .join('\n');
}
