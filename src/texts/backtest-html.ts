import type { BacktestReport, PolicyReport } from '../backtest/report.ts';
import type { SketchedSeries } from '../backtest/sketch.ts';
import type { Timeline } from '../backtest/timeline.ts';
import type { Bound as JudgeBound } from '../monitors/judge-threshold.ts';
import type { Monitor } from '../monitors/monitor.ts';
import { drawPlot } from '../plot/draw-plot.ts';
import type { Bound, Mark, Plot } from '../plot/plot.ts';
import type { TargetKey } from '../target.ts';
import { backtestSummary, figures, policySections } from './backtest.ts';
import { escapeHtml, htmlPage, htmlPlots, htmlSection } from './html-page.ts';
import { versionName } from './names.ts';
import { versionsOf } from '../releases/versions.ts';

/** What is drawn beside the tables. */
export interface Drawn {
  readonly series: readonly SketchedSeries[];
  readonly monitors: ReadonlyMap<string, Monitor>;
  readonly timelines: ReadonlyMap<TargetKey, Pick<Timeline, 'ran'>>;
}

/** So many plots at most, so that a page of a hundred targets can be opened. */
const MOST_PLOTS = 60;

/** The backtest as one HTML page that needs nothing else. */
export function backtestHtml(report: BacktestReport, drawn: Drawn): string {
  const { policy, against } = report;
  const plots = plotsOf(report, drawn);
  const more = plots.length - MOST_PLOTS;
  const body = [
    `<p>${escapeHtml(backtestSummary(report))}</p>`,
    `<p>Everything that was replayed: <code>${escapeHtml(report.digest)}</code>.</p>`,
    htmlSection(figures(report)),
    htmlPlots(plots.slice(0, MOST_PLOTS).map((plot) => drawPlot(plot, { styled: false }))),
    ...(more > 0 ? [`<p>${more} more series are not drawn.</p>`] : []),
    ...policySections(policy).map(htmlSection),
    ...(against ? ['<h2>The other policy</h2>', ...policySections(against).map(htmlSection)] : []),
  ];
  return htmlPage(`Backtest of ${report.targets.join(', ')}`, body.join('\n'));
}

function plotsOf(report: BacktestReport, drawn: Drawn): readonly Plot[] {
  return drawn.series.map((one): Plot => {
    const monitor = drawn.monitors.get(`${one.target} ${one.monitor}`);
    const { points } = one;
    const name = one.series === 'value' ? one.monitor : `${one.monitor}: ${one.series}`;
    return {
      title: report.targets.length > 1 ? `${name}, ${one.target}` : name,
      from: report.from,
      until: report.to,
      series: [{ name: one.series === 'value' ? one.monitor : one.series, points }],
      marks: marksOf(report, one.target, drawn),
      bands: incidentsOf(report.policy, one.target),
      bounds: one.series === 'value' && monitor ? boundsOf(monitor) : [],
    };
  });
}

/** The rollbacks come first, as only so many marks are drawn. */
function marksOf({ policy }: BacktestReport, target: TargetKey, { timelines }: Drawn): Mark[] {
  const would = policy.rollbacks
    .filter((one) => one.target === target)
    .map(({ at, act }): Mark => ({
      kind: act === 'merge' ? 'merge' : 'alert',
      at,
      label: act === 'merge' ? 'rolled back' : 'for review',
    }));
  const released = (timelines.get(target)?.ran ?? []).map(({ release, from }): Mark => ({
    kind: 'release',
    at: from,
    label: versionName(versionsOf(release)),
  }));
  return [...would, ...released];
}

function incidentsOf({ incidents }: PolicyReport, target: TargetKey): NonNullable<Plot['bands']> {
  return incidents
    .filter((one) => one.target === target)
    .map(({ from, to, name }) => ({
      kind: 'impact',
      from,
      until: to,
      label: 'incident',
      title: name,
    }));
}

/** Of other judges, the bound is not in the unit of the metric. */
function boundsOf({ judge }: Monitor): readonly Bound[] {
  if (judge.kind === 'early-warning') return [{ value: judge.rule.bound, label: 'bound' }];
  return judge.kind === 'threshold' ? valuesOf(judge.rule.bad) : [];
}

function valuesOf(bad: JudgeBound): readonly Bound[] {
  if (bad.kind !== 'outside') return [{ value: bad.than, label: 'bound' }];
  return [bad.low, bad.high].map((value) => ({ value, label: 'bound' }));
}
