import { normalCdf, normalQuantile } from './statistics/normal.ts';

/**
 * Looking again and again finds something by chance sooner or later. A spending function (Lan and DeMets, Biometrika
 * 70, 1983) says how much of the error probability may be used up until a part of the looks is made; each look gets
 * what became free since the one before. The parts add up to `alpha`, so the chance of any false alarm over all looks
 * is at most that, however the looks depend on each other.
 */
export interface Spending {
  /** The probability of a false alarm over all looks together. */
  readonly alpha: number;
  /** So many looks are planned. Later ones have nothing left. */
  readonly looks: number;
  /** `late` (like O'Brien and Fleming) keeps most for the end; `even` gives every look the same. */
  readonly shape: 'late' | 'even';
}

/** What the look with this number (1 is the first) may spend: it is bad with a p-value up to this. */
export function alphaOfLook(spending: Spending, look: number): number {
  if (!Number.isInteger(look) || look < 1 || look > spending.looks) return 0;
  return Math.max(0, spentUntil(spending, look) - spentUntil(spending, look - 1));
}

function spentUntil({ alpha, looks, shape }: Spending, look: number): number {
  const part = look / looks;
  if (part <= 0) return 0;
  if (shape === 'even') return alpha * part;
  return Math.min(alpha, 2 * normalCdf(normalQuantile(alpha / 2) / Math.sqrt(part)));
}
