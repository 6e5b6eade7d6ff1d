/** Runs what it is given one after another, in the order in which it came. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function createQueue(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
