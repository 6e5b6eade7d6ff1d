import { impactOf } from '../../journal/impact.ts';
import type { IncidentStory } from '../../journal/incident-story.ts';
import type { Band, Mark, Plot } from '../../plot/plot.ts';
import { HOUR, MINUTE, type Instant } from '../../time.ts';

/** So many metrics are drawn: those with the most points. */
const MOST_PLOTS = 4;

/** What was measured in an incident, one plot a metric, with what happened meanwhile. Pure. */
export function incidentPlots(story: IncidentStory): readonly Plot[] {
  const marks = marksOf(story);
  const bands = bandsOf(story);
  return story.samples
    .filter(({ points }) => points.some(({ value }) => value !== null))
    .toSorted((a, b) => b.points.length - a.points.length)
    .slice(0, MOST_PLOTS)
    .map(({ name, values, points, bound }) => {
      const moments = [
        ...points.map(({ at }) => at),
        ...marks.map(({ at }) => at),
        ...bands.flatMap(({ from, until }) => [from, until]),
      ];
      const [first, last] = [Math.min(...moments), Math.max(...moments)];
      const room = Math.max(MINUTE, (last - first) * 0.04);
      return {
        title: `${name}, ${story.target}`,
        ...(values && { values }),
        from: first - room,
        until: last + room,
        series: [{ name, points, ...(points.length < 4 && { as: 'dots' as const }) }],
        marks,
        bands,
        ...(bound && { bounds: [bound] }),
      };
    });
}

function marksOf({ times, releases, pull, relapses }: IncidentStory): readonly Mark[] {
  const { started, firstSeen, merged, rolledOut, verified } = times;
  const began = started ?? firstSeen;
  const released = releases.bad && Date.parse(releases.bad.at);
  const mark = (kind: Mark['kind'], at: Instant | undefined, label: string): readonly Mark[] =>
    at === undefined ? [] : [{ kind, at, label }];
  // A release of long ago would leave no room for anything else.
  const recent = released !== undefined && began !== undefined && began - released < HOUR;
  return [
    ...mark('release', recent ? released : undefined, 'bad release'),
    ...mark('alert', began, 'alert'),
    ...mark('merge', merged, pull === undefined ? 'merged' : `merged #${pull}`),
    ...mark('other', rolledOut, 'rolled out'),
    ...relapses.flatMap((at) => mark('alert', at, 'relapse')),
    ...mark('recovery', verified, 'recovered'),
  ].toSorted((a, b) => a.at - b.at);
}

function bandsOf(story: IncidentStory): readonly Band[] {
  const impact = impactOf(story);
  if (impact?.until === undefined) return [];
  return [{ kind: 'impact', from: impact.from, until: impact.until, label: 'impact' }];
}
