/** Runs work one after another within a lane, and lanes side by side. A repository is a lane. */
export interface Lanes {
  /** Queues the work behind what its lane already has; answers what the work answers. */
  run<T>(lane: string | number, work: () => Promise<T>): Promise<T>;
  /** Resolves when no lane has work left, work queued meanwhile included. */
  idle(): Promise<void>;
}

export function createLanes(): Lanes {
  const tails = new Map<string | number, Promise<void>>();
  return {
    run(lane, work) {
      const before = tails.get(lane) ?? Promise.resolve();
      const result = before.then(work, work);
      // The tail swallows the failure: it belongs to the caller, not to the next in line.
      const tail = settled(result).finally(() => {
        if (tails.get(lane) === tail) tails.delete(lane);
      });
      tails.set(lane, tail);
      return result;
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}

async function settled(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work]);
}
