import type { JournalLine } from '../journal/chain.ts';
import { incidentStory, type IncidentStory, type PhaseTimes } from '../journal/incident-story.ts';
import { formatDuration, formatInstant } from '../time.ts';
import { inCell, inCode, inProse } from './escape.ts';
import { times } from './journal.ts';
import { shortCommit } from './names.ts';
import { plainly } from './notify.ts';

/** The page of one incident for people, by its entries in the order of the chain. Markdown. */
export function incidentReport(lines: readonly JournalLine[]): string {
  const story = incidentStory(lines);
  if (!story) return '# No incident\n\nNo entry of this file names an incident.\n';
  return [
    `# The incident of ${inProse(story.target)}`,
    summary(story),
    ...versionTable(story),
    ...phaseTable(story.times),
    `## Timeline`,
    timeline(lines),
    'Lastgood wrote this page and the entries beside it; it is written anew with every entry, so notes belong elsewhere.',
  ]
    .join('\n\n')
    .concat('\n');
}

function summary(story: IncidentStory): string {
  const { bad, alert, pull, record, merge } = story;
  const approvers = record?.approvedBy?.map(({ login }) => inCode(login)) ?? [];
  const facts = [
    `- Outcome: ${outcome(story)}`,
    `- Bad release: ${inCode(shortCommit(bad))}`,
    ...(alert ? [`- Alert: ${inCode(alert.name)} (${inProse(alert.severity)})`] : []),
    ...(pull === undefined ? [] : [`- Pull request: #${pull}`]),
    ...(merge ? [`- Merge commit: ${inCode(shortCommit(merge.commit))}`] : []),
    ...(approvers.length > 0 ? [`- Approved by: ${approvers.join(', ')}`] : []),
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

/** How the incident stands, in a sentence. */
function outcome({ merge, closed, pull, times: { verified }, relapsed }: IncidentStory): string {
  if (relapsed) return 'it came back after the rollback.';
  if (verified !== undefined) return 'rolled back, and recovery verified.';
  if (merge) return `rolled back, ${BY[merge.by] ?? BY['unknown']}.`;
  if (closed?.by === 'lastgood') return 'closed, because the bad release no longer ran.';
  if (closed) return 'a person closed the rollback: no.';
  return pull === undefined ? 'no rollback was opened.' : 'a rollback is open.';
}

const BY: Readonly<Record<string, string>> = {
  policy: 'automatically, as the policy allows',
  timeout: 'without an approval, because nobody decided in time',
  approval: 'as approved',
  person: 'merged by a person',
  unknown: 'it is not known by whom',
};

function versionTable({ from, to }: IncidentStory): readonly string[] {
  if (!from || !to) return [];
  const rows = Object.keys(from).map(
    (pin) => `| ${inCell(pin)} | ${inCell(from[pin] ?? '')} | ${inCell(to[pin] ?? '')} |`,
  );
  return [['| Pin | From | To |', '| --- | --- | --- |', ...rows].join('\n')];
}

/** The phases of a rollback in their order, by the moments that begin and end them. */
const PHASES: readonly (readonly [name: string, from: keyof PhaseTimes, to: keyof PhaseTimes])[] = [
  ['Detection', 'started', 'firstSeen'],
  ['Triage', 'firstSeen', 'decided'],
  ['Opening', 'decided', 'proposed'],
  ['Execution', 'proposed', 'merged'],
  ['Roll-out', 'merged', 'rolledOut'],
  ['Verification', 'rolledOut', 'verified'],
];

function phaseTable(at: PhaseTimes): readonly string[] {
  const rows = PHASES.flatMap(([name, from, to]) => {
    const [begin, end] = [at[from], at[to]];
    if (begin === undefined || end === undefined) return [];
    return [`| ${name} | ${formatInstant(end)} | ${formatDuration(end - begin)} |`];
  });
  if (rows.length === 0) return [];
  return [['| Phase | Ended | Took |', '| --- | --- | --- |', ...rows].join('\n')];
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
