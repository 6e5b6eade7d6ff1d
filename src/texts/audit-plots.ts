import type { AuditedRollback } from '../audit/audit-rollback.ts';
import type { MonthFigures } from '../audit/figures.ts';
import type { AuditReport } from '../audit/report.ts';
import type { Plot, Point, Series } from '../plot/plot.ts';
import { DAY, SECOND, type Instant, type Milliseconds } from '../time.ts';

/** What is drawn of an audit: how often, how fast, and how both go on from month to month. Pure. */
export function auditPlots({ rollbacks, months }: AuditReport): readonly Plot[] {
  if (rollbacks.length === 0) return [];
  return [
    countsPlot(rollbacks),
    lengthsPlot(rollbacks),
    ...(months.length > 1 ? [monthlyPlot(months), ratesPlot(months)] : []),
  ];
}

const MODES = ['automatic', 'reviewed'] as const;

/** So many bars at most. */
const BARS = 40;

function countsPlot(rollbacks: readonly AuditedRollback[]): Plot {
  const moments = rollbacks.map(({ at }) => at);
  const first = startOfDay(smallest(moments));
  const last = largest(moments);
  const step = Math.max(DAY, Math.ceil((last - first + 1) / BARS / DAY) * DAY);
  const days = step / DAY;
  const series = MODES.map((mode): Series => {
    const counts = new Map<number, number>();
    for (const one of rollbacks) {
      if (one.mode !== mode) continue;
      const part = Math.floor((one.at - first) / step);
      counts.set(part, (counts.get(part) ?? 0) + 1);
    }
    const points = [...counts].map(([part, value]) => ({ at: first + part * step, value }));
    return { name: mode, as: 'bars', points };
  });
  return {
    title: days === 1 ? 'Rollbacks a day' : `Rollbacks in ${days} days each`,
    from: first,
    until: first + (Math.floor((last - first) / step) + 1) * step,
    series,
  };
}

/** What took less stands at a second: the scale has no zero. */
const LEAST: Milliseconds = SECOND;

function lengthsPlot(rollbacks: readonly AuditedRollback[]): Plot {
  return {
    title: 'From the first signal to the merge, each rollback',
    values: 'length',
    logarithmic: true,
    series: MODES.map((mode) => ({
      name: mode,
      as: 'dots',
      points: rollbacks.flatMap((one) =>
        one.mode === mode && one.took.restore !== undefined
          ? [{ at: one.at, value: Math.max(LEAST, one.took.restore) }]
          : [],
      ),
    })),
  };
}

function monthlyPlot(months: readonly MonthFigures[]): Plot {
  const mean = (phase: 'restore' | 'recovery'): readonly Point[] =>
    months.map(({ month, phases }) => {
      const found = phases[phase]?.mean;
      return { at: startOf(month), value: found ?? null };
    });
  return {
    title: 'Mean time to restore, by month',
    values: 'length',
    series: [
      { name: 'first signal to merge', points: mean('restore') },
      { name: 'first signal to verified recovery', points: mean('recovery') },
    ],
  };
}

function ratesPlot(months: readonly MonthFigures[]): Plot {
  const share = (part: (one: MonthFigures) => number | undefined): readonly Point[] =>
    months.map((one) => ({ at: startOf(one.month), value: part(one) ?? null }));
  const ofRollbacks = (count: (one: MonthFigures) => number) =>
    share((one) => (one.rollbacks === 0 ? undefined : count(one) / one.rollbacks));
  return {
    title: 'Rollbacks per release, and how many of them were false, by month',
    values: 'share',
    series: [
      { name: 'rollbacks per release', points: share(({ rate }) => rate) },
      { name: 'false', points: ofRollbacks(({ wasFalse }) => wasFalse) },
    ],
  };
}

function startOf(month: string): Instant {
  return Date.parse(`${month}-01T00:00:00Z`);
}

function startOfDay(at: Instant): Instant {
  return Math.floor(at / DAY) * DAY;
}

function smallest(all: readonly number[]): number {
  return all.reduce((least, one) => Math.min(least, one), Infinity);
}

function largest(all: readonly number[]): number {
  return all.reduce((most, one) => Math.max(most, one), -Infinity);
}
