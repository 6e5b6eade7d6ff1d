/**
 * Does work by its number, from 0 on, so many pieces at once, and answers in the order of the numbers. The first piece
 * that fails, by its number, fails all, whichever was quicker; nothing more is begun then.
 */
export async function someAtOnce<T>(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const done: T[] = [];
  const failed = new Map<number, unknown>();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count && failed.size === 0) {
      const index = next;
      next += 1;
      try {
        done[index] = await work(index);
      } catch (error) {
        failed.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  // What came before the first failure was begun before it, and is over.
  if (failed.size > 0) throw failed.get(Math.min(...failed.keys()));
  return done;
}
