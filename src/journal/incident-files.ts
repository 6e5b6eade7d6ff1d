import { drawPlot } from '../plot/draw-plot.ts';
import { flatten } from '../texts/escape.ts';
import { incidentReport } from '../texts/report/incident-report.ts';
import { incidentPlots } from '../texts/report/plots.ts';
import type { JournalLine } from './chain.ts';
import { incidentStory } from './incident-story.ts';

/**
 * What stands beside an incident's entries for people: its page, and at its end the plots that the page shows. `page` is
 * the path of the page. The same entries give the same bytes. Pure.
 */
export function incidentFiles(
  page: string,
  lines: readonly JournalLine[],
): Readonly<Record<string, string>> {
  const story = incidentStory(lines);
  const plots = story?.end ? incidentPlots(story) : [];
  const stem = page.replace(/\.md$/, '');
  const name = stem.slice(stem.lastIndexOf('/') + 1);
  const named = plots.map((plot, i) => ({
    plot,
    path: `${stem}.${i + 1}.svg`,
    file: `${name}.${i + 1}.svg`,
    // The words of a picture stand within brackets.
    title: flatten(plot.title, 80).replace(/[^\p{L}\p{N}/., _-]/gu, ''),
  }));
  return {
    [page]: incidentReport(lines, named),
    ...Object.fromEntries(named.map(({ plot, path }) => [path, `${drawPlot(plot)}\n`])),
  };
}
