/** Names longer than this are not compared: the work is the product of both lengths. */
const LONGEST = 100;

/** So many names are compared: texts from outside must not cost more than a moment. */
const MOST = 1_000;

/**
 * Which of `names` somebody probably meant by `text`: the one with the fewest changed letters, upper and
 * lower case alike, if those are at most a third of it. The first one wins a tie. Undefined when none is near.
 */
export function nearestName(text: string, names: Iterable<string>): string | undefined {
  if (text.length > LONGEST) return undefined;
  const wanted = text.toLowerCase();
  let best: { name: string; distance: number } | undefined;
  let compared = 0;
  for (const name of names) {
    compared += 1;
    if (compared > MOST) break;
    if (name.length > LONGEST) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance > Math.max(1, Math.floor(Math.max(text.length, name.length) / 3))) continue;
    if (distance >= Math.min(text.length, name.length)) continue;
    if (!best || distance < best.distance) best = { name, distance };
  }
  return best?.name;
}

/**
 * How many letters have to be added, removed, replaced or swapped with their neighbour to get from `a` to `b`
 * (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const swaps = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swapped = swaps ? (older[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    older = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
