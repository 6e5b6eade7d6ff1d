import type { IncidentStory, PhaseTimes } from '../../journal/incident-story.ts';
import { formatDuration, formatInstant, type Milliseconds } from '../../time.ts';

/** The phases of a rollback in their order, by the moments that begin and end them. */
const PHASES: readonly (readonly [name: string, from: keyof PhaseTimes, to: keyof PhaseTimes])[] = [
  ['Detection', 'started', 'firstSeen'],
  ['Triage', 'firstSeen', 'decided'],
  ['Opening', 'decided', 'proposed'],
  ['Execution', 'proposed', 'merged'],
  ['Roll-out', 'merged', 'rolledOut'],
  ['Verification', 'rolledOut', 'verified'],
];

/** The phases whose beginning and end are known. Clocks differ, so a phase may seem to end before it began: then it took no time. */
export function phasesOf({
  times,
}: Pick<IncidentStory, 'times'>): readonly { name: string; end: number; took: Milliseconds }[] {
  return PHASES.flatMap(([name, from, to]) => {
    const [begin, end] = [times[from], times[to]];
    if (begin === undefined || end === undefined) return [];
    return [{ name, end, took: Math.max(0, end - begin) }];
  });
}

/** When each phase ended and how long it took. Markdown. */
export function phasesSection(story: IncidentStory): string {
  const rows = phasesOf(story).map(
    ({ name, end, took }) => `| ${name} | ${formatInstant(end)} | ${formatDuration(took)} |`,
  );
  if (rows.length === 0) return '';
  return ['| Phase | Ended | Took |', '| --- | --- | --- |', ...rows].join('\n');
}
