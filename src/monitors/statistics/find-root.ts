/** The relative precision of a double. */
const EPSILON = Number.EPSILON;

export interface RootOptions {
  /** How far from the root the answer may lie. */
  readonly tolerance: number;
  /** So many steps at most. */
  readonly steps: number;
}

/**
 * A root of `f` between `low` and `high`, where f has different signs: Brent's method as R's `zeroin` does it
 * (R_zeroin2, after Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4).
 *
 * It is done step by step as there, because the answer is only as near to the root as the tolerance says: another
 * sequence of steps would give another answer. Where f jumps over zero, as a rank statistic does, the answer lies
 * beside the jump. Undefined if the steps do not suffice.
 */
export function findRoot(
  f: (x: number) => number,
  low: number,
  high: number,
  { tolerance, steps }: RootOptions,
): number | undefined {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  let c = a;
  let fc = fa;

  for (let step = 0; step <= steps; step += 1) {
    const before = b - a;
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const near = 2 * EPSILON * Math.abs(b) + tolerance / 2;
    const half = (c - b) / 2;
    if (Math.abs(half) <= near || fb === 0) return b;

    let next = half;
    if (Math.abs(before) >= near && Math.abs(fa) > Math.abs(fb)) {
      const { p, q } = interpolate({ a, b, c, fa, fb, fc });
      const width = c - b;
      if (p < 0.75 * width * q - Math.abs(near * q) / 2 && p < Math.abs((before * q) / 2)) {
        next = p / q;
      }
    }
    if (Math.abs(next) < near) next = next > 0 ? near : -near;
    a = b;
    fa = fb;
    b += next;
    fb = f(b);
    if ((fb > 0 && fc > 0) || (fb < 0 && fc < 0)) {
      c = a;
      fc = fa;
    }
  }
  return undefined;
}

interface Bracket {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly fa: number;
  readonly fb: number;
  readonly fc: number;
}

/** The step p/q of the secant through two points, or of the inverse parabola through three; p is not negative. */
function interpolate({ a, b, c, fa, fb, fc }: Bracket): { p: number; q: number } {
  const width = c - b;
  let p: number;
  let q: number;
  if (a === c) {
    const t = fb / fa;
    p = width * t;
    q = 1 - t;
  } else {
    const r = fa / fc;
    const s = fb / fc;
    const t = fb / fa;
    p = t * (width * r * (r - s) - (b - a) * (s - 1));
    q = (r - 1) * (s - 1) * (t - 1);
  }
  return p > 0 ? { p, q: -q } : { p: -p, q };
}
