import type { TunePoint } from '../backtest/tune.ts';
import { escapeHtml, htmlPage, htmlPlots, htmlSection } from './html-page.ts';
import { curveSection, proposalText, tuneSummary, type Tuned } from './tune.ts';

const WIDTH = 720;
const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 20, 40, 40];

/** The trade-off as one HTML page that needs nothing else. */
export function tuneHtml(tuned: Tuned): string {
  const body = [
    `<p>${escapeHtml(tuneSummary(tuned))}</p>`,
    htmlPlots([tradeOff(tuned)]),
    htmlSection(curveSection(tuned)),
    ...proposalText(tuned)
      .split('\n\n')
      .map((text, i) =>
        i === 0 ? `<p>${escapeHtml(text)}</p>` : `<pre>${escapeHtml(text)}</pre>`,
      ),
  ];
  return htmlPage(`Bounds of ${tuned.monitor}, ${tuned.target}`, body.join('\n'));
}

/** What is found against what is false: a point for each bound. Without incidents, the bounds against what is false. */
function tradeOff({ tuning, knob, wanted }: Tuned): string {
  const { curve, now, proposed } = tuning;
  const hasIncidents = curve.some(({ score }) => score.incidents > 0);
  const [low, high] = [
    Math.min(...curve.map(({ bound }) => bound)),
    Math.max(...curve.map(({ bound }) => bound)),
  ];
  const most = Math.max(1e-9, wanted, ...curve.map(rateOf)) * 1.05;
  const heightOf = (one: TunePoint): number =>
    hasIncidents ? shareOf(one) : (one.bound - low) / Math.max(1e-9, high - low);
  const x = (rate: number): string => (LEFT + (rate / most) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (part: number): string => (HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const place = (one: TunePoint): string => `${x(rateOf(one))},${y(heightOf(one))}`;
  const points = curve.map((one) => {
    const [cx, cy] = place(one).split(',');
    const kind = one === proposed ? 'recovery' : one === now ? 'alert' : 's0';
    const size = one === proposed || one === now ? 6 : 3.5;
    const title = `${knob.key.join('.')} ${knob.write(one.bound)}: ${rateOf(one).toPrecision(3)} false in 30 days`;
    return `<circle cx="${cx}" cy="${cy}" r="${size}" fill="var(--${kind})"><title>${escapeHtml(title)}</title></circle>`;
  });
  const label = (one: TunePoint | undefined, text: string, below: boolean): string => {
    if (!one) return '';
    const [cx, cy] = place(one).split(',').map(Number);
    const left = (cx ?? 0) > WIDTH / 2;
    return `<text class="lg-over" x="${((cx ?? 0) + (left ? -10 : 10)).toFixed(1)}" y="${((cy ?? 0) + (below ? 18 : -8)).toFixed(1)}"${left ? ' text-anchor="end"' : ''}>${escapeHtml(`${text} ${knob.write(one.bound)}`)}</text>`;
  };
  const bottom = HEIGHT - BOTTOM;
  return `<svg class="lg-plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="False rollbacks against what is found">
<rect class="lg-paper" width="${WIDTH}" height="${HEIGHT}"/>
<text class="lg-title" x="${LEFT}" y="20">${hasIncidents ? 'Incidents found' : 'The bound'} against false rollbacks in 30 days</text>
<line class="lg-rule" x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}"/>
<line class="lg-rule" x1="${LEFT}" y1="${TOP}" x2="${LEFT}" y2="${bottom}"/>
<line class="lg-bound" x1="${x(wanted)}" y1="${TOP}" x2="${x(wanted)}" y2="${bottom}"/>
<text x="${x(wanted)}" y="${TOP - 4}" text-anchor="middle">wanted</text>
<text x="${LEFT}" y="${bottom + 16}">0</text><text x="${WIDTH - RIGHT}" y="${bottom + 16}" text-anchor="end">${most.toPrecision(3)}</text>
${edge(bottom, hasIncidents ? '0 %' : knob.write(low))}
${edge(TOP + 8, hasIncidents ? '100 %' : knob.write(high))}
<polyline class="lg-line lg-s0" points="${curve.map(place).join(' ')}"/>
${points.join('\n')}
${label(now, 'now', true)}${now === proposed ? '' : label(proposed, 'proposed', false)}
</svg>`;
}

function rateOf({ score }: TunePoint): number {
  const { rate } = score.falsePer30Days;
  return Number.isFinite(rate) ? rate : 0;
}

function shareOf({ score: { incidents, found } }: TunePoint): number {
  return incidents === 0 ? 0 : found / incidents;
}

/** So much text stands beside the axis; more of it, such as two bounds, stands in the plot. */
const LONGEST_BESIDE = 9;

/** What an end of the axis is. */
function edge(y: number, text: string): string {
  const beside = text.length <= LONGEST_BESIDE;
  return beside
    ? `<text x="${LEFT - 6}" y="${y}" text-anchor="end">${escapeHtml(text)}</text>`
    : `<text class="lg-over" x="${LEFT + 10}" y="${y - 4}">${escapeHtml(text)}</text>`;
}
