/**
 * Runs a task one at a time for any number of callers. A caller joins a run that has not started yet, never one
 * that has: so a run that a caller waits for sees everything that happened before the call.
 */
export function joinUnstarted<T>(task: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined;
  let waiting: Promise<T> | undefined;

  async function runAfter(before: Promise<unknown> | undefined): Promise<T> {
    // How the run before ended is for its own callers.
    await before?.catch(() => {});
    running = waiting;
    waiting = undefined;
    return await task();
  }

  return async () => {
    waiting ??= runAfter(running);
    return await waiting;
  };
}
