import { flatten } from '../texts/escape.ts';
import { MOST } from './plot.ts';

export interface PlacedLabel {
  /** Which of the labels it is. */
  readonly i: number;
  /** From the bottom, beginning at 0. */
  readonly row: number;
  readonly x: number;
  readonly anchor: 'start' | 'end';
  readonly text: string;
}

/** About how wide a text is at eleven units: letters of other scripts take twice as much. */
export function textWidth(text: string, longest: number = MOST.label): number {
  return Array.from(flatten(text, longest)).reduce(
    (sum, one) => sum + (one.charCodeAt(0) > 0x2e80 ? 11.5 : 6.1),
    0,
  );
}

/**
 * Lays labels beside their places, in as few rows as they need, none over another. One that finds no room in any row is
 * left out.
 */
export function layLabels(
  labels: readonly { readonly x: number; readonly text: string }[],
  { left, right, rows }: { readonly left: number; readonly right: number; readonly rows: number },
): { readonly rows: number; readonly placed: readonly PlacedLabel[] } {
  const taken = Array.from({ length: rows }, (): [number, number][] => []);
  const placed = labels.flatMap(({ x, text }, i): PlacedLabel[] => {
    const wide = textWidth(text);
    const anchor = x + wide + 4 > right && x - wide - 4 > left ? 'end' : 'start';
    const [from, to] = anchor === 'start' ? [x, x + wide + 8] : [x - wide - 8, x];
    const row = taken.findIndex((row) => row.every(([a, b]) => to <= a || from >= b));
    if (row < 0) return [];
    taken[row]?.push([from, to]);
    return [{ i, row, x: anchor === 'start' ? x + 3 : x - 3, anchor, text }];
  });
  return { rows: Math.max(0, ...placed.map(({ row }) => row + 1)), placed };
}
