import type { AuditReport } from '../audit/report.ts';
import { drawPlot } from '../plot/draw-plot.ts';
import { escapeXml } from '../plot/escape-xml.ts';
import { PLOT_STYLE } from '../plot/style.ts';
import { auditPlots } from './audit-plots.ts';
import { auditSections, auditSource, auditSummary, type AuditSection } from './audit.ts';

/**
 * The audit as one HTML page that needs nothing else: no script, no style sheet, no picture from anywhere. Every text
 * is escaped, and the page's own policy forbids whatever would slip through. Light or dark, as the reader's system is.
 */
export function auditHtml(report: AuditReport): string {
  const plots = auditPlots(report).map((plot) => drawPlot(plot, { styled: false }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Audit of rollbacks</title>
<style>${STYLE}
${PLOT_STYLE}</style>
</head>
<body>
<h1>Audit of rollbacks</h1>
<p>${escaped(auditSummary(report))}</p>
<p class="quiet">${escaped(auditSource(report))}</p>
<div class="plots">
${plots.join('\n')}
</div>
${auditSections(report).map(section).join('\n')}
</body>
</html>
`;
}

function section({ title, headings, rows, none }: AuditSection): string {
  const head = `<h2>${escaped(title)}</h2>`;
  if (rows.length === 0) return `${head}\n<p class="quiet">${escaped(none)}</p>`;
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => cells('td', row)).join('\n');
  // Whoever has no mouse moves a wide table by its keys.
  return `${head}
<div class="wide" tabindex="0" role="region" aria-label="${escaped(title)}"><table><thead>${cells('th', headings)}</thead><tbody>
${body}
</tbody></table></div>`;
}

const STYLE = `
:root { --paper: #fff; --ink: #1f2328; --quiet: #59636e; --rule: #d9dee4; color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --rule: #30363d } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
.quiet { color: var(--quiet) }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); gap: 1rem }
.plots svg { width: 100% }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--rule); white-space: nowrap }
th { color: var(--quiet); font-weight: 600 }
`;

function escaped(text: string): string {
  return escapeXml(text, 1_000);
}
