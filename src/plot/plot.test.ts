import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import { timeAxis, valueAxis } from './axes.ts';
import { drawPlot } from './draw-plot.ts';
import { formatValue } from './format-value.ts';
import { layLabels } from './lay-labels.ts';
import { MOST, type Plot, type Point } from './plot.ts';
import { textPlot } from './text-plot.ts';
import { thinOut } from './thin-out.ts';

const START = Date.parse('2026-11-20T02:00:00Z');

/** A collapse from minute 20 to 35 of an hour, a point a minute; nothing is known of minutes 50 and 51. */
const COLLAPSE: Plot = {
  title: 'Error rate of production/fraud-detector',
  values: 'share',
  series: [
    {
      name: 'errors',
      points: Array.from({ length: 60 }, (_, i) => ({
        at: START + i * MINUTE,
        value: i === 50 || i === 51 ? null : i >= 20 && i < 35 ? 0.22 : 0.01,
      })),
    },
  ],
  marks: [
    { kind: 'release', at: START + 19 * MINUTE, label: '1.11' },
    { kind: 'alert', at: START + 22 * MINUTE, label: 'ErrorsHigh' },
    { kind: 'merge', at: START + 22.4 * MINUTE, label: 'merged' },
    { kind: 'recovery', at: START + 40 * MINUTE, label: 'verified' },
  ],
  bands: [
    { kind: 'impact', from: START + 20 * MINUTE, until: START + 35 * MINUTE, label: 'impact' },
  ],
  bounds: [{ value: 0.05, label: 'threshold' }],
};

test('a collapse, drawn: axes, a line with its gap, a band, a bound, marks', () => {
  expect(drawPlot(COLLAPSE, { styled: false })).toMatchInlineSnapshot(`
    "<svg xmlns="http://www.w3.org/2000/svg" class="lg-plot" viewBox="0 0 720 279" width="720" height="279" role="img" aria-label="Error rate of production/fraud-detector">
    <rect class="lg-paper" width="720" height="279" rx="6"/>
    <text class="lg-title" x="12" y="19">Error rate of production/fraud-detector</text>
    <text x="706" y="19" text-anchor="end">2026-11-20, UTC</text>
    <rect class="lg-f0" x="12" y="26" width="10" height="10" rx="2"/><text x="26" y="35">errors</text>
    <rect class="lg-impact" opacity=".35" x="78.6" y="26" width="10" height="10" rx="2"/><text x="92.6" y="35">impact</text>
    <rect class="lg-band lg-impact" x="275" y="73" width="165.8" height="180"><title>impact</title></rect>
    <line class="lg-rule" x1="54" y1="253" x2="706" y2="253"/>
    <text x="47" y="257" text-anchor="end">0%</text>
    <line class="lg-rule" x1="54" y1="217" x2="706" y2="217"/>
    <text x="47" y="221" text-anchor="end">5%</text>
    <line class="lg-rule" x1="54" y1="181" x2="706" y2="181"/>
    <text x="47" y="185" text-anchor="end">10%</text>
    <line class="lg-rule" x1="54" y1="145" x2="706" y2="145"/>
    <text x="47" y="149" text-anchor="end">15%</text>
    <line class="lg-rule" x1="54" y1="109" x2="706" y2="109"/>
    <text x="47" y="113" text-anchor="end">20%</text>
    <line class="lg-rule" x1="54" y1="73" x2="706" y2="73"/>
    <text x="47" y="77" text-anchor="end">25%</text>
    <text x="54" y="270" text-anchor="middle">02:00</text>
    <text x="219.8" y="270" text-anchor="middle">02:15</text>
    <text x="385.5" y="270" text-anchor="middle">02:30</text>
    <text x="551.3" y="270" text-anchor="middle">02:45</text>
    <path class="lg-line lg-s0" d="M54,245.8L65.1,245.8L76.1,245.8L87.2,245.8L98.2,245.8L109.3,245.8L120.3,245.8L131.4,245.8L142.4,245.8L153.5,245.8L164.5,245.8L175.6,245.8L186.6,245.8L197.7,245.8L208.7,245.8L219.8,245.8L230.8,245.8L241.9,245.8L252.9,245.8L264,245.8L275,94.6L286.1,94.6L297.1,94.6L308.2,94.6L319.2,94.6L330.3,94.6L341.3,94.6L352.4,94.6L363.4,94.6L374.5,94.6L385.5,94.6L396.6,94.6L407.6,94.6L418.7,94.6L429.7,94.6L440.8,245.8L451.8,245.8L462.9,245.8L473.9,245.8L485,245.8L496,245.8L507.1,245.8L518.1,245.8L529.2,245.8L540.2,245.8L551.3,245.8L562.3,245.8L573.4,245.8L584.4,245.8L595.5,245.8M628.6,245.8L639.7,245.8L650.7,245.8L661.8,245.8L672.8,245.8L683.9,245.8L694.9,245.8L706,245.8"/>
    <line class="lg-bound" x1="54" y1="217" x2="706" y2="217"/>
    <text class="lg-over lg-t-alert" x="702" y="213" text-anchor="end">threshold 5%</text>
    <line class="lg-mark lg-release" x1="264" y1="70" x2="264" y2="253"><title>1.11: 2026-11-20 02:19:00 UTC</title></line>
    <line class="lg-mark lg-alert" x1="297.1" y1="70" x2="297.1" y2="253"><title>ErrorsHigh: 2026-11-20 02:22:00 UTC</title></line>
    <line class="lg-mark lg-merge" x1="301.5" y1="70" x2="301.5" y2="253"><title>merged: 2026-11-20 02:22:24 UTC</title></line>
    <line class="lg-mark lg-recovery" x1="496" y1="70" x2="496" y2="253"><title>verified: 2026-11-20 02:40:00 UTC</title></line>
    <text class="lg-t-release" x="267" y="66" text-anchor="start">1.11</text>
    <text class="lg-t-alert" x="300.1" y="66" text-anchor="start">ErrorsHigh</text>
    <text class="lg-t-merge" x="304.5" y="51" text-anchor="start">merged</text>
    <text class="lg-t-recovery" x="499" y="66" text-anchor="start">verified</text>
    </svg>"
  `);
});

test('the same in text, for a code block', () => {
  expect(textPlot(COLLAPSE)).toMatchInlineSnapshot(`
    "errors ▁▁▁▁▁▁▁▁▁▁▁▁▁███████████▁▁▁▁▁▁▁▁▁▁ ▁▁▁▁▁ 1% … 22%
                       R AM           V             R 1.11, A ErrorsHigh, M merged, V verified"
  `);
});

test('a dip shows in text as a peak does, however many points share its place', () => {
  const points = Array.from({ length: 400 }, (_, i) => ({
    at: START + i * SECOND,
    value: i === 399 ? 0.04 : i === 9 ? 1 : 0.73,
  }));
  expect(textPlot({ title: 'Diversity', series: [{ name: 'diversity', points }] })).toBe(
    `diversity █${'▆'.repeat(38)}▁ 0.04 … 1`,
  );
});

test('bars stand on each other, lengths on powers of ten, nothing says so', () => {
  const bars = drawPlot(
    {
      title: 'Rollbacks',
      until: START + 2 * HOUR,
      series: ['automatic', 'reviewed'].map((name) => ({
        name,
        as: 'bars',
        points: [0, 1].map((i) => ({ at: START + i * HOUR, value: i + 1 })),
      })),
    },
    { styled: false },
  );
  const places = [
    ...bars.matchAll(/<rect class="lg-f(\d)" x="(\S+)" y="(\S+)" .*height="(\S+)">/g),
  ];
  expect(places.map(([, ...place]) => place.map(Number))).toMatchInlineSnapshot(`
    [
      [
        0,
        80.1,
        178,
        45,
      ],
      [
        0,
        406.1,
        133,
        90,
      ],
      [
        1,
        80.1,
        133,
        45,
      ],
      [
        1,
        406.1,
        43,
        90,
      ],
    ]
  `);
  const lengths = valueAxis(
    { title: '', series: [], values: 'length', logarithmic: true },
    [900, 7 * HOUR],
    [100, 0],
  );
  expect(lengths.ticks.map(({ label }) => label)).toMatchInlineSnapshot(`
    [
      "300ms",
      "3s",
      "30s",
      "3m",
      "30m",
      "3h",
      "12h",
    ]
  `);
  expect(lengths.place(0)).toBe(100);
  expect(drawPlot({ title: 'Nothing', series: [] })).toContain('>no data</text>');
  expect(textPlot({ title: 'Nothing', series: [] })).toBe('');
});

test.each([
  [
    30 * SECOND,
    ['02:00:00', '02:00:05', '02:00:10', '02:00:15', '02:00:20', '02:00:25', '02:00:30'],
  ],
  [HOUR, ['02:00', '02:15', '02:30', '02:45', '03:00']],
  [36 * HOUR, ['06:00', '12:00', '18:00', '11-21', '06:00', '12:00']],
  [10 * 24 * HOUR, ['11-21', '11-23', '11-25', '11-27', '11-29']],
  [200 * 24 * HOUR, ['2026-12', '2027-01', '2027-02', '2027-03', '2027-04', '2027-05', '2027-06']],
])('ticks of time over %i ms', (length, labels) => {
  const { ticks } = timeAxis({ from: START, until: START + length }, [0, 650]);
  expect(ticks.map(({ label }) => label)).toEqual(labels);
});

test.each([
  [[0, 0.22], 'share', ['0%', '5%', '10%', '15%', '20%', '25%']],
  [[97, 99], 'number', ['97', '97.5', '98', '98.5', '99']],
  [[5, 5], 'number', ['4.4', '4.6', '4.8', '5', '5.2', '5.4', '5.6']],
  [[0, 0], 'number', ['0', '0.2', '0.4', '0.6', '0.8', '1']],
  [[-3, 12_000_000], 'number', ['-5M', '0', '5M', '10M', '15M']],
] as const)('ticks of values over %j', ([from, to], values, labels) => {
  const { ticks } = valueAxis({ title: '', series: [], values }, [from, to], [100, 0]);
  expect(ticks.map(({ label }) => label)).toEqual(labels);
});

test.each([
  [0.012345, 'number', '0.0123'],
  [1_500_000, 'number', '1.5M'],
  [-25_000, 'number', '-25k'],
  [1e-7, 'number', '1.0e-7'],
  [0.042, 'share', '4.2%'],
  [350, 'length', '350ms'],
  [4_250, 'length', '4.25s'],
  [130_000, 'length', '2m 10s'],
] as const)('%d as a %s is %s', (value, kind, text) => {
  expect(formatValue(value, kind)).toBe(text);
});

test('thinning out keeps each extreme and each gap, and never more than five points a part', () => {
  const points: Point[] = Array.from({ length: 10_000 }, (_, i) => ({
    at: i,
    value: i === 7_003 ? 99 : i === 1_234 ? -99 : i === 5_000 ? null : Math.sin(i),
  }));
  const kept = thinOut(points, 0, 9_999, 100);
  expect(kept.length).toBeLessThanOrEqual(401);
  expect(kept.map(({ value }) => value)).toEqual(expect.arrayContaining([99, -99, null]));
  expect(kept.map(({ at }) => at)).toEqual(kept.map(({ at }) => at).toSorted((a, b) => a - b));
});

test('labels that would lie over others go up a row, and are left out where none is free', () => {
  const labels = [10, 12, 14, 16, 300].map((x) => ({ x, text: 'alert' }));
  const { rows, placed } = layLabels(labels, { left: 0, right: 310, rows: 3 });
  expect(rows).toBe(3);
  expect(placed.map(({ i, row, anchor }) => [i, row, anchor])).toEqual([
    [0, 0, 'start'],
    [1, 1, 'start'],
    [2, 2, 'start'],
    [4, 0, 'end'],
  ]);
});

test('whatever it is given: one well-formed element of bounded size, and no text is markup', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><image href="https://x/">',
      "' onload='x",
      '&lt;`',
      '\u202e]]>',
      '@acme/team',
    ),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  const at = fc.oneof(fc.integer({ min: START, max: START + HOUR }), fc.double());
  const value = fc.oneof(fc.double(), fc.constant(null), fc.constantFrom(0, 1e308, -1e308, 5e-324));
  const plot = fc.record({
    title: text,
    values: fc.constantFrom('number', 'share', 'length'),
    logarithmic: fc.boolean(),
    series: fc.array(
      fc.record({
        name: text,
        points: fc.array(fc.record({ at, value }), { maxLength: 50 }),
        as: fc.constantFrom('line', 'dots', 'bars'),
      }),
      { maxLength: 8 },
    ),
    marks: fc.array(
      fc.record({ kind: fc.constantFrom('release', 'alert', 'other'), at, label: text }),
    ),
    bands: fc.array(fc.record({ kind: fc.constant('impact'), from: at, until: at, label: text })),
    bounds: fc.array(fc.record({ value: fc.oneof(fc.double(), fc.constant(5e-324)), label: text })),
  }) as fc.Arbitrary<Plot>;
  fc.assert(
    fc.property(plot, (one) => {
      expectWellFormed(drawPlot(one));
      expect(textPlot(one)).not.toMatch(/`|[\p{Cc}--\n]/v);
    }),
    { numRuns: 150 },
  );
  const noise = Array.from({ length: 20_000 }, (_, i) => ({
    at: START + i,
    value: (i * 7919) % 101,
  }));
  const full = Array.from({ length: 20 }, () => ({ name: 'x'.repeat(500), points: noise }));
  const drawn = drawPlot({
    title: 'Full',
    series: full,
    marks: noise.map(({ at: moment }) => ({ kind: 'alert', at: moment, label: '<&>'.repeat(99) })),
  });
  expect(drawn.length).toBeLessThan(150_000);
  expect(drawn.split('lg-line lg-s').length - 1).toBe(MOST.series);
});

/** Nothing but our own elements, closed in order, with plain attributes and escaped text; no number is none. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const opened: boolean[] = [];
  const rest = svg
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(
      /<(\/?)(svg|rect|line|text|path|circle|title)((?: [a-zA-Z][a-zA-Z0-9-]*="[^"<>]*")*)(\/?)>/g,
      (_, close, name: string, attributes: string, self) => {
        expect(attributes).not.toMatch(/NaN|Infinity|undefined/);
        if (close === '/') opened.push(open.pop() === name);
        else if (self !== '/') open.push(name);
        return '';
      },
    );
  expect(open).toEqual([]);
  expect(opened).not.toContain(false);
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
}
