/**
 * The exact interval of the mean of a Poisson count (Garwood, Biometrika 28, 1936): the means that would not have given
 * so many, or so few, by chance.
 */
export function poissonInterval(
  count: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  const tail = (1 - confidence) / 2;
  // P(at most k) falls as the mean grows.
  const low = count === 0 ? 0 : solve((mean) => 1 - atMost(count - 1, mean) < tail, count);
  return { low, high: solve((mean) => atMost(count, mean) > tail, count) };
}

/** The chance of at most `k` where `mean` is expected. */
function atMost(k: number, mean: number): number {
  let term = -mean;
  let sum = 0;
  // In logarithms, so that a large mean does not become zero at once.
  for (let i = 0; i <= k; i += 1) {
    sum += Math.exp(term);
    term += Math.log(mean) - Math.log(i + 1);
  }
  return Math.min(1, sum);
}

/** The mean from which a condition no longer holds, to nine digits. */
function solve(holds: (mean: number) => boolean, count: number): number {
  let low = 0;
  let high = 10 + 4 * count;
  for (let i = 0; i < 100 && high - low > 1e-9 * high; i += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
