import type { Instant } from '../time.ts';

/** Values over time, with what happened meanwhile: plain data that {@link drawPlot} and {@link textPlot} draw. */
export interface Plot {
  readonly title: string;
  /** What the values are: numbers (the default), shares of one, drawn in per cent, or lengths of time in milliseconds. */
  readonly values?: ValueKind;
  /** Powers of ten instead of equal steps: a value of zero or below stands at the lower edge. */
  readonly logarithmic?: boolean;
  /** The time that is shown; as far as there are points, marks and bands unless given. */
  readonly from?: Instant;
  readonly until?: Instant;
  /** At most {@link MOST.series}; more are left out. */
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
  readonly bands?: readonly Band[];
  readonly bounds?: readonly Bound[];
}

export type ValueKind = 'number' | 'share' | 'length';

export interface Series {
  readonly name: string;
  /** In any order, in any number: more than can be seen are thinned out so that each extreme stays. */
  readonly points: readonly Point[];
  /** `line` unless given. Bars of several series stand on each other. */
  readonly as?: 'line' | 'dots' | 'bars';
}

export interface Point {
  readonly at: Instant;
  /** Null, or nothing that can be drawn, such as NaN: nothing is known, and a line is interrupted. */
  readonly value: number | null;
}

/** A moment. Its kind gives its colour. */
export interface Mark {
  readonly kind: MarkKind;
  readonly at: Instant;
  /** One or two words. */
  readonly label: string;
}
export type MarkKind = 'release' | 'alert' | 'merge' | 'recovery' | 'other';

/** A stretch of time. */
export interface Band {
  readonly kind: 'baseline' | 'impact' | 'watch';
  readonly from: Instant;
  readonly until: Instant;
  /** What the legend calls those of its kind. */
  readonly label: string;
  /** What this one is called; its label unless given. */
  readonly title?: string;
}

/** A value that must not be passed, such as a threshold or an end of a tolerance. */
export interface Bound {
  readonly value: number;
  readonly label: string;
}

/** So much of each is drawn, so that a plot has a bounded size (below 150 kB) whatever it is given. */
export const MOST = { series: 6, marks: 40, bands: 12, bounds: 4, label: 60 } as const;

/** Whether a value can be drawn: beyond, the arithmetic of scales overflows. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) < 1e100;
}

/** Whether it is a moment that there is in a calendar. */
export function isMoment(at: Instant): boolean {
  return Math.abs(at) <= 8e15;
}
