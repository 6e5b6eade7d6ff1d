import { flatten } from '../texts/escape.ts';
import type { Instant } from '../time.ts';
import { spanOf } from './axes.ts';
import { formatValue } from './format-value.ts';
import { isDrawable, type MarkKind, type Plot, type Series } from './plot.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** So many series and characters a line stand in a text. */
const MOST_LINES = 4;
const LONGEST_NAME = 24;

const SIGNS: Readonly<Record<MarkKind, string>> = {
  release: 'R',
  alert: 'A',
  merge: 'M',
  recovery: 'V',
  other: '|',
};

/**
 * The plot as a few lines of text, for where no drawing can stand: a comment on GitHub, Slack, a terminal. A line a
 * series with its range, all on the same time; below, what happened. A blank is a time of which nothing is known. To be
 * put in a code block: it holds no backtick and no other format.
 */
export function textPlot(plot: Plot, width = 40): string {
  const { from, until } = spanOf(plot);
  const cell = (at: Instant): number =>
    Math.min(width - 1, Math.floor(((at - from) / (until - from)) * width));
  const shown = plot.series.slice(0, MOST_LINES);
  const names = shown.map(({ name }) => flatten(name, LONGEST_NAME).replaceAll('`', "'"));
  const wide = Math.max(0, ...names.map((name) => Array.from(name).length));
  const lines = shown.map((series, i) => {
    const { bars, range } = sparkline(series, width, cell, plot);
    return `${(names[i] ?? '').padEnd(wide)} ${bars} ${range}`.trimEnd();
  });
  const marks = (plot.marks ?? []).filter(({ at }) => at >= from && at <= until);
  if (marks.length === 0) return lines.join('\n');
  const row = Array.from({ length: width }, () => ' ');
  for (const { kind, at } of marks) {
    // Two in one cell stand side by side.
    const free = row.findIndex((sign, i) => i >= cell(at) && sign === ' ');
    if (free >= 0) row[free] = SIGNS[kind];
  }
  const labels = [...new Map(marks.map(({ kind, label }) => [kind, label]))].map(
    ([kind, label]) => `${SIGNS[kind]} ${flatten(label, LONGEST_NAME).replaceAll('`', "'")}`,
  );
  return [...lines, `${' '.repeat(wide)} ${row.join('')} ${labels.join(', ')}`.trimEnd()].join(
    '\n',
  );
}

/** Of each cell the value that is furthest from the middle of all, so that a peak shows and a dip does. */
function sparkline(
  { points }: Series,
  width: number,
  cell: (at: Instant) => number,
  { values, from = -Infinity, until = Infinity }: Plot,
): { readonly bars: string; readonly range: string } {
  const cells: (number | undefined)[] = Array.from({ length: width }, () => undefined);
  const within = points.flatMap(({ at, value }) =>
    value === null || !isDrawable(value) || at < from || at > until ? [] : [{ at, value }],
  );
  const sorted = within.map(({ value }) => value).toSorted((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? 0;
  for (const { at, value } of within) {
    const other = cells[cell(at)];
    if (other !== undefined && Math.abs(other - middle) >= Math.abs(value - middle)) continue;
    cells[cell(at)] = value;
  }
  const known = cells.filter((value) => value !== undefined);
  if (known.length === 0) return { bars: ' '.repeat(width), range: '' };
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const bars = cells.map((value) => {
    if (value === undefined) return ' ';
    const share = highest === lowest ? 0 : (value - lowest) / (highest - lowest);
    return BARS[Math.round(share * (BARS.length - 1))] ?? ' ';
  });
  return {
    bars: bars.join(''),
    range: `${formatValue(lowest, values)} … ${formatValue(highest, values)}`,
  };
}
