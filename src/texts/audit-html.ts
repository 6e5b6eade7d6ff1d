import type { AuditReport } from '../audit/report.ts';
import { DAY, type Instant } from '../time.ts';
import { auditSections, auditSource, auditSummary, length } from './audit.ts';

/**
 * The audit as one HTML page that needs nothing else: no script, no style sheet, no picture from anywhere. Every text
 * is escaped, and the page's own policy forbids whatever would slip through.
 */
export function auditHtml(report: AuditReport): string {
  const sections = auditSections(report).map(({ title, headings, rows, none }) => {
    const head = headings.map((heading) => `<th>${escape(heading)}</th>`).join('');
    const body = rows
      .map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`)
      .join('\n');
    const table = `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
    return `<h2>${escape(title)}</h2>\n${rows.length === 0 ? `<p>${escape(none)}</p>` : table}`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit of rollbacks</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Audit of rollbacks</h1>
<p>${escape(auditSummary(report))}</p>
<p>${escape(auditSource(report))}</p>
${rollbacksPlot(report)}
${timesPlot(report)}
${sections.join('\n')}
</body>
</html>
`;
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c2330; }
h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid #dfe3ea; white-space: nowrap }
th { color: #5a6577; font-weight: 600 }
svg { width: 100%; height: auto; margin-top: 1rem } svg text { font: 12px system-ui, sans-serif; fill: #5a6577 }
.automatic { fill: #2563eb } .reviewed { fill: #f59e0b } .axis { stroke: #c3cad6 }
`;

const WIDTH = 960;
const HEIGHT = 220;
const LEFT = 48;
const BOTTOM = 30;
const TOP = 26;

/** How many rollbacks there were, in at most forty parts of the time that has any. */
function rollbacksPlot({ rollbacks }: AuditReport): string {
  const [first] = rollbacks;
  const last = rollbacks.at(-1);
  if (!first || !last) return '';
  const step = Math.max(DAY, Math.ceil((last.at - first.at + 1) / 40 / DAY) * DAY);
  const parts = Math.floor((last.at - first.at) / step) + 1;
  const counts = Array.from({ length: parts }, () => ({ automatic: 0, reviewed: 0 }));
  for (const { at, mode } of rollbacks) {
    const part = counts[Math.floor((at - first.at) / step)];
    if (part) part[mode] += 1;
  }
  const most = Math.max(...counts.map(({ automatic, reviewed }) => automatic + reviewed));
  const y = (count: number): number => (count / most) * (HEIGHT - TOP - BOTTOM);
  const wide = (WIDTH - LEFT) / parts;
  const bars = counts.map(({ automatic, reviewed }, i) => {
    const x = LEFT + i * wide + wide * 0.1;
    const bar = (mode: string, count: number, below: number): string =>
      count === 0
        ? ''
        : `<rect class="${mode}" x="${x.toFixed(1)}" y="${(HEIGHT - BOTTOM - y(below + count)).toFixed(1)}" width="${(wide * 0.8).toFixed(1)}" height="${y(count).toFixed(1)}"><title>${day(first.at + i * step)}: ${count} ${mode}</title></rect>`;
    return bar('automatic', automatic, 0) + bar('reviewed', reviewed, automatic);
  });
  const days = step / DAY;
  const title = `Rollbacks ${days === 1 ? 'a day' : `in ${days} days each`}: automatic blue, reviewed amber`;
  return frame(title, String(most), day(first.at), day(last.at), bars.join(''));
}

/** How long each took from the first signal to the merge, on a scale of powers of ten. */
function timesPlot({ rollbacks }: AuditReport): string {
  const timed = rollbacks.flatMap((one) =>
    one.took.restore === undefined ? [] : [{ ...one, took: Math.max(1_000, one.took.restore) }],
  );
  const [first] = timed;
  const last = timed.at(-1);
  if (!first || !last) return '';
  const longest = Math.max(...timed.map(({ took }) => took), 10_000);
  const span = Math.max(1, last.at - first.at);
  const points = timed.slice(-MOST_POINTS).map(({ at, took, mode }) => {
    const x = LEFT + 6 + ((at - first.at) / span) * (WIDTH - LEFT - 12);
    const share = Math.log10(took / 1_000) / Math.log10(longest / 1_000);
    const y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    return `<circle class="${mode}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3"><title>${day(at)}: ${length(took)}</title></circle>`;
  });
  const title = 'From the first signal to the merge, on a logarithmic scale';
  return frame(title, length(longest), day(first.at), day(last.at), points.join(''));
}

/** So many points are drawn: more are one blot. */
const MOST_POINTS = 2_000;

function frame(title: string, most: string, from: string, to: string, content: string): string {
  const bottom = HEIGHT - BOTTOM;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">
<text x="${LEFT}" y="14">${escape(title)}</text>
<text x="${LEFT - 6}" y="${TOP + 6}" text-anchor="end">${escape(most)}</text>
<line class="axis" x1="${LEFT}" y1="${bottom}" x2="${WIDTH}" y2="${bottom}"/>
<text x="${LEFT}" y="${HEIGHT - 10}">${from}</text><text x="${WIDTH}" y="${HEIGHT - 10}" text-anchor="end">${to}</text>
${content}
</svg>`;
}

function day(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd');
}
