import type { Repository } from '../rollback/forge.ts';
import type { Octokit, Timing } from './octokit.ts';
import { patiently } from './patiently.ts';
import { toRepository } from './rest-repository.ts';

/** An installation whose repositories could not be listed, while others could. */
export interface NotListed {
  readonly installation: number;
  readonly error: unknown;
}

/**
 * Every repository the App is installed on, by id. Suspended installations and archived repositories are left out:
 * nothing can be written there. One request per 100 installations, and one per 100 repositories of each.
 *
 * `notListed` is told of an installation that refuses, an organisation's IP allow list say, and the others are listed
 * all the same; without it the first refusal is thrown.
 */
export async function listRepositories(
  app: Octokit,
  octokitFor: (installation: number) => Promise<Octokit>,
  timing: Timing,
  notListed?: (installation: NotListed) => void,
): Promise<readonly Repository[]> {
  const installations = await pages(timing, 'list the installations', async (page) => {
    const { data } = await app.request('GET /app/installations', { per_page: 100, page });
    return data;
  });
  const repositories: Repository[] = [];
  for (const { id, suspended_at: suspended } of installations) {
    if (suspended) continue;
    try {
      repositories.push(...(await ofInstallation(await octokitFor(id), id, timing)));
    } catch (error) {
      if (!notListed) throw error;
      notListed({ installation: id, error });
    }
  }
  return repositories.sort((a, b) => a.id - b.id);
}

async function ofInstallation(
  octokit: Octokit,
  installation: number,
  timing: Timing,
): Promise<readonly Repository[]> {
  const found = await pages(timing, 'list the repositories', async (page) => {
    const { data } = await octokit.request('GET /installation/repositories', {
      per_page: 100,
      page,
    });
    return data.repositories;
  });
  return found
    .filter((one) => !one.archived && !one.disabled)
    .map((one) => ({ ...toRepository(one, installation), public: !one.private }));
}

async function pages<T>(
  timing: Timing,
  doing: string,
  ask: (page: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; ; page += 1) {
    const some = await patiently(timing, doing, () => ask(page));
    all.push(...some);
    if (some.length < 100) return all;
  }
}
