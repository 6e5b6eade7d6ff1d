import { formatDuration, SECOND } from '../time.ts';
import type { ValueKind } from './plot.ts';

/** A value as people read it, three digits of it: `0.0123`, `1.5M`, `4.2%`, `350ms`, `2m 10s`. */
export function formatValue(value: number, kind: ValueKind = 'number'): string {
  if (kind === 'share') return `${short(value * 100)}%`;
  if (kind === 'number') return short(value);
  if (Math.abs(value) < SECOND) return `${short(value)}ms`;
  return value < 10 * SECOND ? `${short(value / SECOND)}s` : formatDuration(value);
}

const STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
] as const;

function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(1);
  const [step, sign] = STEPS.find(([least]) => size >= least) ?? [1, ''];
  return `${Number((value / (sign === 'k' ? 1e3 : step)).toPrecision(3))}${sign}`;
}
