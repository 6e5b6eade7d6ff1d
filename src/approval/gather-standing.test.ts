import { expect, test } from 'vitest';
import type { Principal, RepositoryRole } from '../policy/policy.ts';
import type { Account, Repository } from '../rollback/forge.ts';
import type { StandingPort } from './gather-standing.ts';
import { gatherStanding } from './gather-standing.ts';

const repository: Repository = {
  id: 7,
  nodeId: 'R_7',
  owner: 'acme',
  name: 'manifests',
  defaultBranch: 'main',
  installation: 42,
};
const alice: Account = { id: 1, login: 'alice', bot: false };
const bob: Account = { id: 2, login: 'bob', bot: false };
const sre: Principal = { kind: 'team', org: 'acme', slug: 'sre' };
const ml: Principal = { kind: 'team', org: 'acme', slug: 'ml' };

/** A port of plain values; an `Error` is thrown. */
function port(
  roles: Readonly<Record<string, RepositoryRole | 'none' | Error>>,
  members: Readonly<Record<string, readonly string[] | Error>> = {},
): StandingPort & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    role: (_, user) => {
      asked.push(`role ${user.login}`);
      const role = roles[user.login] ?? 'none';
      return role instanceof Error ? Promise.reject(role) : Promise.resolve(role);
    },
    isTeamMember: (_, team, user) => {
      asked.push(`${team.slug} ${user.login}`);
      const slugs = members[team.slug] ?? [];
      return slugs instanceof Error
        ? Promise.reject(slugs)
        : Promise.resolve(slugs.includes(user.login));
    },
  };
}

test('roles and memberships of the reviewers, each asked once', async () => {
  const github = port({ alice: 'write', bob: 'read' }, { sre: ['alice'] });
  const { standing, failures } = await gatherStanding(
    github,
    repository,
    [alice, bob, alice],
    [sre, { kind: 'user', login: 'BOB' }, { kind: 'role', role: 'write' }],
  );
  expect(standing).toEqual(
    new Map([
      [1, { role: 'write', principals: [{ kind: 'role', role: 'write' }, sre] }],
      [2, { role: 'read', principals: [{ kind: 'user', login: 'BOB' }] }],
    ]),
  );
  expect(failures).toEqual([]);
  expect(github.asked.toSorted()).toEqual(['role alice', 'role bob', 'sre alice', 'sre bob']);
});

test('a role that cannot be read is unknown, with the reason', async () => {
  const github = port({ alice: new Error('Could not verify the role of alice: GitHub is down.') });
  const { standing, failures } = await gatherStanding(github, repository, [alice], []);
  expect(standing.get(1)).toEqual({ role: 'unknown', principals: [] });
  expect(failures).toEqual([
    { user: alice, reason: 'Could not verify the role of alice: GitHub is down.' },
  ]);
});

test('a team that cannot be read makes the principals unknown', async () => {
  const github = port({ alice: 'write' }, { sre: new Error('down') });
  const { standing } = await gatherStanding(github, repository, [alice], [sre, ml]);
  expect(standing.get(1)).toEqual({ role: 'write', principals: 'unknown' });
});

test('a team that cannot be read does not take away another membership', async () => {
  const github = port({ alice: 'write' }, { sre: new Error('down'), ml: ['alice'] });
  const { standing, failures } = await gatherStanding(github, repository, [alice], [sre, ml]);
  expect(standing.get(1)).toEqual({ role: 'write', principals: [ml] });
  expect(failures).toEqual([{ user: alice, reason: 'down' }]);
});

test('a port that throws at once is a failed look-up too', async () => {
  const github: StandingPort = {
    role: () => {
      throw new TypeError('broken');
    },
    isTeamMember: () => Promise.resolve(true),
  };
  const { standing } = await gatherStanding(github, repository, [alice], [sre]);
  expect(standing.get(1)).toEqual({ role: 'unknown', principals: [sre] });
});

test('nobody concerned is no question', async () => {
  const github = port({});
  expect((await gatherStanding(github, repository, [], [sre])).standing.size).toBe(0);
  expect(github.asked).toEqual([]);
});
