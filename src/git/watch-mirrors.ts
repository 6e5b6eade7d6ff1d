import type { Clock, Instant } from '../time.ts';

/** What is known of the fetches of mirrors, by repository. */
export interface MirrorWatch {
  /** Runs a fetch of a repository's mirror and takes note of what became of it. */
  fetching<T>(repository: number, fetch: () => Promise<T>): Promise<T>;
  closed(repository: number): void;
  ages(): { readonly open: number; readonly oldest?: Instant; readonly failing: number };
}

export function watchMirrors(
  clock: Clock,
  fetched: (outcome: 'ok' | 'failed') => void,
): MirrorWatch {
  const fetchedAt = new Map<number, Instant>();
  const failing = new Set<number>();
  return {
    async fetching(repository, fetch) {
      // A push during the fetch may be in it or not, so it is as old as its beginning.
      const began = clock();
      try {
        const result = await fetch();
        fetchedAt.set(repository, began);
        failing.delete(repository);
        fetched('ok');
        return result;
      } catch (error) {
        failing.add(repository);
        fetched('failed');
        throw error;
      }
    },
    closed(repository) {
      fetchedAt.delete(repository);
      failing.delete(repository);
    },
    ages() {
      const all = { open: fetchedAt.size, failing: failing.size };
      return fetchedAt.size === 0 ? all : { ...all, oldest: Math.min(...fetchedAt.values()) };
    },
  };
}
