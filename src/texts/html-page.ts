import { escapeXml } from '../plot/escape-xml.ts';
import { PLOT_STYLE } from '../plot/style.ts';
import type { AuditSection } from './audit.ts';

/**
 * A page that needs nothing else: no script, no style sheet, no picture from anywhere. The page's own policy forbids
 * whatever would slip through. Light or dark, as the reader's system is. `body` is HTML; its texts are escaped already.
 */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}
${PLOT_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

/** A table with its title, or what is said where it has no rows. */
export function htmlSection({ title, headings, rows, none }: AuditSection): string {
  const head = `<h2>${escapeHtml(title)}</h2>`;
  if (rows.length === 0) return `${head}\n<p class="quiet">${escapeHtml(none)}</p>`;
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}${cell.length > LONG ? ' class="long"' : ''}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => cells('td', row)).join('\n');
  // Whoever has no mouse moves a wide table by its keys.
  return `${head}
<div class="wide" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table><thead>${cells('th', headings)}</thead><tbody>
${body}
</tbody></table></div>`;
}

/** A text of more letters than this goes on in the next line, so that what stands beside it is seen. */
const LONG = 48;

/** Plots beside each other, as far as the page is wide. */
export function htmlPlots(plots: readonly string[]): string {
  return `<div class="plots">\n${plots.join('\n')}\n</div>`;
}

const STYLE = `
:root { --paper: #fff; --ink: #1f2328; --quiet: #59636e; --rule: #d9dee4; color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --rule: #30363d } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
.quiet { color: var(--quiet) } code { overflow-wrap: anywhere }
.plots { margin: 1rem 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); gap: 1rem }
.plots svg { width: 100% }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--rule); white-space: nowrap }
td { vertical-align: top } .long { white-space: normal; min-width: 9rem }
th { color: var(--quiet); font-weight: 600 }
`;

export function escapeHtml(text: string): string {
  return escapeXml(text, 1_000);
}
