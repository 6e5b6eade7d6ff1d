import { z } from 'zod';
import type { AccessFacts } from '../doctor/facts.ts';
import { known, unknown, type Reading } from '../doctor/reading.ts';
import { REPOSITORY_ROLES, type Principal, type RepositoryRole } from '../policy/policy.ts';
import type { Ask, At } from './inspect-asking.ts';
import type { Octokit } from './octokit.ts';

/** A custom role counts as the permission it is built on (GitHub reality 15). */
const roleAnswer = z.object({ role_name: z.string(), permission: z.string().optional() });

const teamAnswer = z.object({
  role_name: z.string().optional(),
  permissions: z.object({
    pull: z.boolean(),
    triage: z.boolean().default(false),
    push: z.boolean(),
    maintain: z.boolean().default(false),
    admin: z.boolean(),
  }),
});

/** What a person or a team may do in the repository: 404 is nothing (GitHub reality 14). */
export async function inspectAccess(
  ask: Ask,
  octokit: Octokit,
  at: At,
  principal: Exclude<Principal, { kind: 'role' }>,
): Promise<Reading<AccessFacts>> {
  return principal.kind === 'user'
    ? ofUser(ask, octokit, at, principal.login)
    : ofTeam(ask, octokit, at, principal);
}

async function ofUser(
  ask: Ask,
  octokit: Octokit,
  at: At,
  username: string,
): Promise<Reading<AccessFacts>> {
  const role = await ask(`read the role of ${username}`, async () => {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    return roleAnswer.parse((await octokit.request(route, { ...at, username })).data);
  });
  if (role.ok) {
    const { role_name: name, permission } = role.value;
    return known({ exists: true, role: roleNamed(name) ?? roleNamed(permission) ?? 'none' });
  }
  if (role.status !== 404) return unknown(role.why);
  const user = await ask(`look for ${username}`, () =>
    octokit.request('GET /users/{username}', { username }),
  );
  return existing(user);
}

async function ofTeam(
  ask: Ask,
  octokit: Octokit,
  at: At,
  { org, slug }: Extract<Principal, { kind: 'team' }>,
): Promise<Reading<AccessFacts>> {
  const team = { org, team_slug: slug };
  const role = await ask(`read the role of the team ${org}/${slug}`, async () => {
    const { data } = await octokit.request(
      'GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}',
      {
        ...team,
        ...at,
        // Without it GitHub only says whether there is any access.
        headers: { accept: 'application/vnd.github.v3.repository+json' },
      },
    );
    return teamAnswer.parse(data);
  });
  if (role.ok) {
    const { role_name: name, permissions } = role.value;
    return known({ exists: true, role: roleNamed(name) ?? strongest(permissions) });
  }
  if (role.status !== 404) return unknown(role.why);
  return existing(
    await ask(`look for the team ${org}/${slug}`, () =>
      octokit.request('GET /orgs/{org}/teams/{team_slug}', team),
    ),
  );
}

/** No access, given that somebody was looked for. */
function existing(found: Awaited<ReturnType<Ask>>): Reading<AccessFacts> {
  if (found.ok) return known({ exists: true, role: 'none' });
  return found.status === 404 ? known({ exists: false, role: 'none' }) : unknown(found.why);
}

function roleNamed(name: string | undefined): RepositoryRole | 'none' | undefined {
  return name === 'none' ? 'none' : REPOSITORY_ROLES.find((role) => role === name);
}

function strongest(
  permissions: z.infer<typeof teamAnswer>['permissions'],
): RepositoryRole | 'none' {
  if (permissions.admin) return 'admin';
  if (permissions.maintain) return 'maintain';
  if (permissions.push) return 'write';
  if (permissions.triage) return 'triage';
  return permissions.pull ? 'read' : 'none';
}
