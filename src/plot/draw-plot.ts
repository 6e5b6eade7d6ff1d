import { line as lineOf } from 'd3-shape';
import type { Instant } from '../time.ts';
import { spanOf, timeAxis, valueAxis, type Axis } from './axes.ts';
import { stackBars, type Bar } from './bars.ts';
import { escapeXml } from './escape-xml.ts';
import { formatValue } from './format-value.ts';
import { layLabels, textWidth } from './lay-labels.ts';
import { isDrawable, MOST, type Plot, type Point, type Series } from './plot.ts';
import { PLOT_STYLE } from './style.ts';
import { thinOut } from './thin-out.ts';

const WIDTH = 720;
const LEFT = 54;
const RIGHT = 14;
const BOTTOM = 26;
const ROW = 15;
/** The height of the part that values are drawn in. */
const FIELD = 180;
/** A title leaves room for the days beside it. */
const LONGEST_TITLE = 70;
/** A line is thinned out to so many parts: one for every two units of its width. */
const PARTS = 325;

/**
 * The plot as SVG: one element that needs nothing else, neither scripts nor fonts nor anything from anywhere, for light
 * and dark. The same plot gives the same bytes. Every text in it is escaped, and its size bounded (see {@link MOST}).
 * `styled: false` leaves its style sheet out, for a page that carries {@link PLOT_STYLE} once.
 */
export function drawPlot(
  plot: Plot,
  { styled = true }: { readonly styled?: boolean } = {},
): string {
  const span = spanOf(plot);
  const { from, until } = span;
  const series = plot.series.slice(0, MOST.series).map((one) => ({
    ...one,
    points: thinOut(one.points, from, until, PARTS),
  }));
  const within = (at: Instant): boolean => at >= from && at <= until;
  const marks = (plot.marks ?? []).filter(({ at }) => within(at)).slice(0, MOST.marks);
  const bands = (plot.bands ?? [])
    .filter((band) => band.until >= from && band.from <= until)
    .slice(0, MOST.bands);
  const bounds = (plot.bounds ?? []).filter(({ value }) => isDrawable(value)).slice(0, MOST.bounds);
  const bars = stackBars(series, span);

  const x = timeAxis(span, [LEFT, WIDTH - RIGHT]);
  const legend = drawLegend(series, bands);
  const labels = layLabels(
    marks.map(({ at, label }) => ({ x: x.place(at), text: label })),
    { left: LEFT, right: WIDTH - RIGHT, rows: 4 },
  );
  const top = 24 + legend.rows * ROW + labels.rows * ROW + 4;
  const bottom = top + FIELD;
  const height = bottom + BOTTOM;
  const values = [
    ...series.flatMap(({ as, points }) =>
      as === 'bars' ? [] : points.flatMap(({ value }) => value ?? []),
    ),
    ...bars.flatMap(({ from, to }) => [from, to]),
    ...bounds.map(({ value }) => value),
  ];
  const extent: [number, number] =
    values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const y = valueAxis(plot, extent, [bottom, top]);
  const read = (value: number): string => formatValue(value, plot.values);

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="lg-plot" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(plot.title, LONGEST_TITLE)}">`,
    ...(styled ? [`<style>\n${PLOT_STYLE}\n</style>`] : []),
    `<rect class="lg-paper" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="lg-title" x="12" y="19">${escapeXml(plot.title, LONGEST_TITLE)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="19" text-anchor="end">${days(from, until)}</text>`,
    ...legend.items,
    ...bands.map((band) => {
      const [left, right] = [
        x.place(Math.max(band.from, from)),
        x.place(Math.min(band.until, until)),
      ];
      return `<rect class="lg-band lg-${band.kind}" x="${n(left)}" y="${n(top)}" width="${n(Math.max(1, right - left))}" height="${FIELD}"><title>${escapeXml(band.title ?? band.label, MOST.label)}</title></rect>`;
    }),
    ...y.ticks.flatMap(({ at, label }) => [
      `<line class="lg-rule" x1="${LEFT}" y1="${n(at)}" x2="${WIDTH - RIGHT}" y2="${n(at)}"/>`,
      `<text x="${LEFT - 7}" y="${n(at + 4)}" text-anchor="end">${escapeXml(label)}</text>`,
    ]),
    ...x.ticks.map(
      ({ at, label }) =>
        `<text x="${n(Math.min(at, WIDTH - textWidth(label) / 2 - 4))}" y="${n(bottom + 17)}" text-anchor="middle">${escapeXml(label)}</text>`,
    ),
    ...series.map((one, i) => (one.as === 'bars' ? '' : drawSeries(one, i, x, y, read))),
    ...bars.map((bar) => drawBar(bar, x, y, read, series)),
    ...bounds.flatMap(({ value, label }) => {
      const at = y.place(value);
      const text = `${label} ${read(value)}`;
      return [
        `<line class="lg-bound" x1="${LEFT}" y1="${n(at)}" x2="${WIDTH - RIGHT}" y2="${n(at)}"/>`,
        `<text class="lg-over lg-t-alert" x="${WIDTH - RIGHT - 4}" y="${n(at - 4)}" text-anchor="end">${escapeXml(text, MOST.label)}</text>`,
      ];
    }),
    ...marks.map(({ kind, at, label }) => {
      const place = n(x.place(at));
      return `<line class="lg-mark lg-${kind}" x1="${place}" y1="${n(top - 3)}" x2="${place}" y2="${n(bottom)}"><title>${escapeXml(label, MOST.label)}: ${clock(at)}</title></line>`;
    }),
    values.length > 0
      ? ''
      : `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${n((top + bottom) / 2)}" text-anchor="middle">no data</text>`,
    ...labels.placed.map(
      ({ i, row, x: place, anchor, text }) =>
        `<text class="lg-t-${marks[i]?.kind ?? 'other'}" x="${n(place)}" y="${n(top - 7 - row * ROW)}" text-anchor="${anchor}">${escapeXml(text, MOST.label)}</text>`,
    ),
    '</svg>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** A number of the drawing, to a tenth of a unit. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function clock(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The days that are shown: along the axis stand hours only, where they are few. */
function days(from: Instant, until: Instant): string {
  const [first, last] = [clock(from).slice(0, 10), clock(until).slice(0, 10)];
  return first === last ? `${first}, UTC` : `${first} … ${last}, UTC`;
}

function drawSeries(
  { points, as = 'line' }: Series,
  i: number,
  x: Axis<Instant>,
  y: Axis<number>,
  read: (value: number) => string,
): string {
  const known = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
  const dot = ({ at, value }: { readonly at: Instant; readonly value: number }, title: boolean) => {
    const place = `cx="${n(x.place(at))}" cy="${n(y.place(value))}"`;
    return title
      ? `<circle class="lg-f${i}" ${place} r="3"><title>${clock(at)}: ${read(value)}</title></circle>`
      : `<circle class="lg-f${i}" ${place} r="2.2"/>`;
  };
  if (as === 'dots') return known.map((one) => dot(one, true)).join('\n');
  const path = lineOf<Point>()
    .defined(({ value }) => value !== null)
    .x(({ at }) => x.place(at))
    .y(({ value }) => y.place(value ?? 0))
    .digits(1)(points);
  // A point with nothing known on either side of it has no line.
  const alone = points.flatMap(({ at, value }, j) => {
    const lonely =
      (points[j - 1]?.value ?? null) === null && (points[j + 1]?.value ?? null) === null;
    return value !== null && lonely ? [dot({ at, value }, false)] : [];
  });
  return [path === null ? '' : `<path class="lg-line lg-s${i}" d="${path}"/>`, ...alone].join('');
}

function drawBar(
  { series: i, at, until, from, to }: Bar,
  x: Axis<Instant>,
  y: Axis<number>,
  read: (value: number) => string,
  series: readonly Series[],
): string {
  const [left, right] = [x.place(at), x.place(until)];
  const wide = Math.max(1, (right - left) * 0.84);
  const [high, low] = [y.place(to), y.place(from)];
  const title = `${escapeXml(series[i]?.name ?? '', MOST.label)}, ${clock(at).slice(0, 10)}: ${read(to - from)}`;
  return `<rect class="lg-f${i}" x="${n(left + (right - left) * 0.08)}" y="${n(high)}" width="${n(wide)}" height="${n(Math.max(0, low - high))}"><title>${title}</title></rect>`;
}

/** The names of what is drawn, in rows below the title: nothing for a single line without bands. */
function drawLegend(
  series: readonly Series[],
  bands: NonNullable<Plot['bands']>,
): { readonly rows: number; readonly items: readonly string[] } {
  const kinds = [...new Map(bands.map(({ kind, label }) => [kind, label]))];
  const entries = [
    ...series.map(({ name }, i) => ({ swatch: `class="lg-f${i}"`, text: name })),
    ...kinds.map(([kind, label]) => ({ swatch: `class="lg-${kind}" opacity=".35"`, text: label })),
  ];
  let [row, at] = [0, 12];
  const items = entries.map(({ swatch, text }) => {
    const shown = escapeXml(text, MOST.label);
    const wide = textWidth(text, MOST.label) + 30;
    if (at > 12 && at + wide > WIDTH - RIGHT) [row, at] = [row + 1, 12];
    const y = 24 + row * ROW;
    const item = `<rect ${swatch} x="${n(at)}" y="${y + 2}" width="10" height="10" rx="2"/><text x="${n(at + 14)}" y="${y + 11}">${shown}</text>`;
    at += wide;
    return item;
  });
  return { rows: entries.length === 0 ? 0 : row + 1, items };
}
