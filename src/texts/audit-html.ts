import type { AuditReport } from '../audit/report.ts';
import { drawPlot } from '../plot/draw-plot.ts';
import { auditPlots } from './audit-plots.ts';
import { auditSections, auditSource, auditSummary } from './audit.ts';
import { escapeHtml, htmlPage, htmlPlots, htmlSection } from './html-page.ts';

/** The audit as one HTML page that needs nothing else. */
export function auditHtml(report: AuditReport): string {
  const plots = auditPlots(report).map((plot) => drawPlot(plot, { styled: false }));
  const body = [
    `<p>${escapeHtml(auditSummary(report))}</p>`,
    `<p class="quiet">${escapeHtml(auditSource(report))}</p>`,
    htmlPlots(plots),
    ...auditSections(report).map(htmlSection),
  ];
  return htmlPage('Audit of rollbacks', body.join('\n'));
}
