import type { Principal } from '../policy/policy.ts';
import type { Account, Forge, Repository } from '../rollback/forge.ts';
import type { Standing } from './approval.ts';
import { isAtLeast } from './evaluate-approval.ts';

/** What the look-up asks of GitHub. */
export type StandingPort = Pick<Forge, 'role' | 'isTeamMember'>;

export interface Gathered {
  readonly standing: ReadonlyMap<number, Standing>;
  /** Every look-up that failed, in a sentence: its reviewer is denied, and people should know why. */
  readonly failures: readonly { readonly user: Account; readonly reason: string }[];
}

/**
 * Asks what the reviewers concerned may do and which principals of the policy they are, all at once. Never throws: a
 * look-up that fails leaves the person's standing `unknown`.
 */
export async function gatherStanding(
  port: StandingPort,
  repository: Repository,
  reviewers: readonly Account[],
  from: readonly Principal[],
): Promise<Gathered> {
  const failures: { readonly user: Account; readonly reason: string }[] = [];
  const people = [...new Map(reviewers.map((user) => [user.id, user])).values()];
  const found = await Promise.all(
    people.map(async (user) => {
      const orUnknown = async <T>(asked: Promise<T>): Promise<T | 'unknown'> => {
        try {
          return await asked;
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          failures.push({ user, reason });
          return 'unknown';
        }
      };
      const [role, teams] = await Promise.all([
        orUnknown(call(() => port.role(repository, user))),
        Promise.all(
          from
            .filter((one) => one.kind === 'team')
            .map(async (team) => ({
              team,
              member: await orUnknown(call(() => port.isTeamMember(repository, team, user))),
            })),
        ),
      ]);
      const direct = from.filter((one) => isDirectly(one, user, role));
      const member = teams.filter((one) => one.member === true).map((one) => one.team);
      const principals = [...direct, ...member];
      const doubtful = principals.length === 0 && teams.some((one) => one.member === 'unknown');
      const standing: Standing = { role, principals: doubtful ? 'unknown' : principals };
      return [user.id, standing] as const;
    }),
  );
  return { standing: new Map(found), failures };
}

/** Turns a port that throws at once into one that rejects. */
async function call<T>(ask: () => Promise<T>): Promise<T> {
  return ask();
}

function isDirectly(one: Principal, user: Account, role: Standing['role']): boolean {
  if (one.kind === 'user') return one.login.toLowerCase() === user.login.toLowerCase();
  return one.kind === 'role' && isAtLeast(role, one.role);
}
