import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowedRepositories } from '../follow-repositories.ts';
import type { Documents } from '../store/documents.ts';
import type { Json } from '../store/item.ts';
import { SECOND } from '../time.ts';
import type { Directory } from './handle-turn.ts';

/** Where it is kept that the list of repositories changed: no repository's lane. */
const PLACE = ['app', 'repositories', 'changed'] as const;

/**
 * Which repositories there are, over all replicas. GitHub tells one of them that the list changed; it stores that
 * before it acknowledges the delivery, and each of the others looks again before its next turn, so that none takes a
 * repository for unknown that another one knows.
 */
export interface SharedDirectory extends Directory {
  /** GitHub tells that the list changed. Resolves once that is stored; looking takes longer. */
  changed(delivery: string): Promise<void>;
}

/** A list that takes longer holds up no turn: what is unknown waits for it then. */
const PATIENCE = 5 * SECOND;

/** To be made before the first look, so that nothing is looked for twice. */
export async function createDirectory(
  documents: Pick<Documents, 'get' | 'put'>,
  repositories: Pick<FollowedRepositories, 'look' | 'complete'>,
): Promise<SharedDirectory> {
  let seen = await documents.get(...PLACE);
  const looking = new Set<Promise<void>>();
  const look = (now: Json | undefined): void => {
    seen = now;
    // One that fails is repeated by itself, and until then the list is known not to be complete.
    const ended = repositories
      .look()
      .catch(() => undefined)
      .finally(() => looking.delete(ended));
    looking.add(ended);
  };
  return {
    async changed(delivery) {
      await documents.put(...PLACE, delivery);
      look(delivery);
    },
    async refresh() {
      const now = await documents.get(...PLACE);
      if (now !== seen) look(now);
      if (looking.size === 0) return;
      await Promise.race([Promise.all(looking), sleep(PATIENCE, undefined, { ref: false })]);
    },
    complete: () => looking.size === 0 && repositories.complete(),
  };
}
