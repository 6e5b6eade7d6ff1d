import { joinUnstarted } from './git/join-unstarted.ts';
import type { NotListed } from './github/repositories.ts';
import { backOff } from './rollback/insist.ts';
import type { Repository } from './rollback/forge.ts';
import { SECOND, type Clock } from './time.ts';
import type { Timers } from './timers.ts';

export interface FollowParts {
  readonly list: (notListed: (one: NotListed) => void) => Promise<readonly Repository[]>;
  /** Takes a repository on, or takes note of its new name. Never throws; is not waited for. */
  readonly welcome: (repository: Repository) => Promise<void>;
  readonly dismiss: (id: number) => Promise<void>;
  /** Told of a list that could not be read, wholly or in part; it is read again by itself. */
  readonly failed: (error: unknown, installation?: number) => void;
  readonly timers: Timers;
  readonly clock: Clock;
}

/** Which repositories the App is installed on, as far as GitHub said. */
export interface FollowedRepositories {
  /**
   * Lists them, as of this call or later: an older list never undoes what a newer one said. What cannot be listed is
   * tried again later; throws only while nothing was listed yet.
   */
  look(): Promise<void>;
  /** Whether they were ever listed. */
  known(): boolean;
  /** Whether the last look listed all of them. */
  complete(): boolean;
  /** A repository as it is called now. */
  get(id: number): Repository | undefined;
  /** Resolves when no look is under way. Nothing is looked at any more. */
  close(): Promise<void>;
  /** Resolves when no look is under way. */
  idle(): Promise<void>;
}

const AGAIN = 'repositories';

export function followRepositories(parts: FollowParts): FollowedRepositories {
  const { list, welcome, dismiss, failed, timers, clock } = parts;
  const repositories = new Map<number, Repository>();
  let known = false;
  let closed = false;
  let failures = 0;
  const looking = new Set<Promise<void>>();

  /** Something can be told late, but not never: the delivery that would tell may have been lost. */
  const lookLater = (): void => {
    failures += 1;
    if (closed) return;
    const when = clock() + backOff(5 * SECOND, failures);
    timers.at(AGAIN, when, () => void track(follow()).catch(() => undefined));
  };

  const lookOnce = joinUnstarted(async () => {
    if (closed) return;
    const refusing = new Set<number>();
    const found = await list(({ installation, error }) => {
      refusing.add(installation);
      failed(error, installation);
    });
    known = true;
    const here = new Set(found.map(({ id }) => id));
    const gone = [...repositories.values()].filter(
      ({ id, installation }) => !here.has(id) && !refusing.has(installation),
    );
    for (const repository of found) repositories.set(repository.id, repository);
    for (const { id } of gone) repositories.delete(id);
    if (refusing.size > 0) lookLater();
    else failures = 0;
    // Side by side: a repository that hangs keeps no other from being served, nor the next look.
    for (const repository of found) void welcome(repository);
    for (const { id } of gone) void dismiss(id);
  });

  const follow = async (): Promise<void> => {
    try {
      await lookOnce();
    } catch (error) {
      lookLater();
      failed(error);
      if (!known) throw error;
    }
  };

  const track = (look: Promise<void>): Promise<void> => {
    const ended = look.catch(() => undefined).finally(() => looking.delete(ended));
    looking.add(ended);
    return look;
  };
  const idle = async (): Promise<void> => {
    while (looking.size > 0) await Promise.all(looking);
  };

  return {
    look: () => track(follow()),
    known: () => known,
    complete: () => known && failures === 0,
    get: (id) => repositories.get(id),
    idle,
    async close() {
      closed = true;
      timers.cancel(AGAIN);
      await idle();
    },
  };
}
