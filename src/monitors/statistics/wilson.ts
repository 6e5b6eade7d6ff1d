import { normalQuantile } from './normal.ts';

/** Wilson's interval for a share of which `hits` of `of` were seen (JASA 22, 1927). From 0 to 1 without a sight. */
export function wilson(
  hits: number,
  of: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  if (of <= 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + confidence) / 2);
  const share = hits / of;
  const weight = 1 / (1 + (z * z) / of);
  const center = weight * (share + (z * z) / (2 * of));
  const half = weight * z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}
