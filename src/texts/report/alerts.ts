import type { IncidentStory } from '../../journal/incident-story.ts';
import { formatInstant } from '../../time.ts';
import { inCell } from '../escape.ts';

/** So many alerts are listed. */
const LISTED = 20;

/** The alerts of an incident, and the pictures of what was measured. Markdown. */
export function alertsSection(
  { alerts, samples }: IncidentStory,
  plots: readonly { readonly title: string; readonly file: string }[],
): string {
  const rows = alerts.slice(0, LISTED).map((one) => {
    const { name, source, severity, first, last, times, value, threshold } = one;
    const texts = [name, source, severity].map((text) => inCell(text, 80));
    const measured = [value, threshold].map((text) => (text === undefined ? '' : inCell(text, 60)));
    const cells = [...texts, formatInstant(first), formatInstant(last), String(times), ...measured];
    return `| ${cells.join(' | ')} |`;
  });
  const rest = alerts.length - rows.length;
  const table = [
    '| Alert | Source | Severity | Began | Last seen | Times | Value | Threshold |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...(rest > 0 ? ['', `And ${rest} more.`] : []),
  ].join('\n');
  const pictures = plots.map(({ title, file }) => `![${title}](${file})`);
  const unmeasured =
    samples.length === 0 && alerts.length > 0
      ? ['No alert told of a number, and no metric was asked for, so there is nothing to draw.']
      : [];
  return [...(rows.length > 0 ? [table] : []), ...pictures, ...unmeasured].join('\n\n');
}
