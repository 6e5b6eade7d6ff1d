import type {
  AppReading,
  DeliveryFacts,
  HookFacts,
  InstallationFacts,
  InstalledRepositories,
  MergeMethod,
  Permissions,
} from '../doctor/facts.ts';
import type { Inspector } from '../doctor/ports.ts';
import { known, unknown, type Reading } from '../doctor/reading.ts';
import type { Repository } from '../rollback/forge.ts';
import { SECOND, type Instant, type Milliseconds } from '../time.ts';
import { fullName } from './ask.ts';
import { readFailure } from './failure.ts';
import { inspectAccess } from './inspect-access.ts';
import { createAsking, PAUSE, type Asked } from './inspect-asking.ts';
import { inspectClassic, inspectRules, inspectRuleset } from './inspect-rules.ts';
import type { Octokit, Timing } from './octokit.ts';
import { toRepository, type RestRepository } from './rest-repository.ts';

/** One run of the doctor sends so many requests at most, those for tokens not counted. */
const MOST_REQUESTS = 1_000;

/** The doctor's questions over Octokit. Reads only, repeats a lost answer once, and stops at a number of requests. */
export function createInspector(
  app: Octokit,
  octokitFor: (installation: number) => Promise<Octokit>,
  timing: Timing,
  most: number = MOST_REQUESTS,
): Inspector {
  const asking = createAsking(timing, most);
  const ask = asking('the App');
  /** The installation's Octokit mints its token with the first request, so that this does not fail. */
  const enter = async (repository: Repository) => ({
    ask: asking(fullName(repository)),
    octokit: await octokitFor(repository.installation),
    at: { owner: repository.owner, repo: repository.name },
  });

  return {
    app: () => inspectApp(app, timing),
    async hook() {
      const asked = await ask('read its webhook', () => app.request('GET /app/hook/config'));
      if (!asked.ok) return asked.status === 404 ? known(NO_HOOK) : unknown(asked.why);
      return known(toHook(asked.value.data));
    },
    async deliveries() {
      const asked = await ask('list the webhook deliveries', () =>
        app.request('GET /app/hook/deliveries', { per_page: 100 }),
      );
      return map(asked, ({ data }) =>
        data.map((one): DeliveryFacts => ({
          guid: one.guid,
          event: one.event,
          at: Date.parse(one.delivered_at),
          status: one.status,
          statusCode: one.status_code,
        })),
      );
    },
    async installations() {
      const asked = await ask('list the installations', () =>
        app.request('GET /app/installations', { per_page: 100 }),
      );
      return map(asked, ({ data }) =>
        data.map((one): InstallationFacts => ({
          id: one.id,
          account: nameOf(one.account),
          suspended: one.suspended_at !== null,
          permissions: toPermissions(one.permissions),
          events: one.events,
        })),
      );
    },
    async repositories(installation) {
      const octokit = await octokitFor(installation);
      const asked = await ask('list the repositories', () =>
        octokit.request('GET /installation/repositories', { per_page: 100 }),
      );
      return map(asked, ({ data }) => toInstalled(data, installation));
    },
    async rules(repository, branch) {
      const { ask, octokit, at } = await enter(repository);
      return inspectRules(ask, octokit, at, branch);
    },
    async ruleset(repository, id, appId) {
      const { ask, octokit, at } = await enter(repository);
      return inspectRuleset(ask, octokit, at, id, appId);
    },
    async classicProtection(repository, slug) {
      const { ask, octokit, at } = await enter(repository);
      return inspectClassic(ask, octokit, at, repository.defaultBranch, slug);
    },
    async mergeMethods(repository) {
      const { ask, octokit, at } = await enter(repository);
      const asked = await ask('read the settings', () =>
        octokit.request('GET /repos/{owner}/{repo}', at),
      );
      return asked.ok ? toMethods(asked.value.data) : unknown(asked.why);
    },
    async members(repository, { org, slug }) {
      const { ask, octokit } = await enter(repository);
      const asked = await ask(`list the members of the team ${org}/${slug}`, () =>
        octokit.request('GET /orgs/{org}/teams/{team_slug}/members', {
          org,
          team_slug: slug,
          per_page: 100,
        }),
      );
      return map(asked, ({ data }) => data.map(({ login }) => login));
    },
    async access(repository, principal) {
      const { ask, octokit, at } = await enter(repository);
      return inspectAccess(ask, octokit, at, principal);
    },
  };
}

/** The reading of a request whose kinds of no need not be told apart. */
function map<T, U>(asked: Asked<T>, to: (value: T) => U): Reading<U> {
  return asked.ok ? known(to(asked.value)) : unknown(asked.why);
}

/** Asks once more than the others would need: whether GitHub is there at all hangs on it. */
async function inspectApp(app: Octokit, { clock, wait }: Timing): Promise<AppReading> {
  for (let tries = 1; ; tries += 1) {
    const before = clock();
    try {
      const { data, headers } = await app.request('GET /app');
      const ahead = aheadOf(headers.date, before, clock());
      if (data === null) return { kind: 'refused', status: 200, message: 'The answer is empty.' };
      return {
        kind: 'known',
        id: data.id,
        slug: data.slug ?? '',
        name: data.name,
        permissions: toPermissions(data.permissions),
        events: data.events,
        ...(ahead !== undefined && { ahead }),
      };
    } catch (error) {
      const { known, status, message, headers } = readFailure(error);
      const lost = !known || status === undefined || status >= 500;
      if (lost && tries > 1) return { kind: 'unreachable', why: message };
      if (!lost) {
        const ahead = aheadOf(headers['date'], before, clock());
        return { kind: 'refused', status, message, ...(ahead !== undefined && { ahead }) };
      }
      await wait(PAUSE);
    }
  }
}

/** Compares GitHub's time with this machine's at the middle of the request; GitHub's has no parts of a second. */
function aheadOf(
  date: string | number | undefined,
  before: Instant,
  after: Instant,
): Milliseconds | undefined {
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(theirs) ? undefined : (before + after) / 2 - (theirs + SECOND / 2);
}

const NO_HOOK: HookFacts = {
  url: undefined,
  contentType: undefined,
  hasSecret: false,
  insecureSsl: false,
};

interface RestHook {
  readonly url?: string;
  readonly content_type?: string;
  readonly secret?: string;
  readonly insecure_ssl?: string | number;
}

function toHook({ url, content_type, secret, insecure_ssl }: RestHook): HookFacts {
  return {
    url: url !== undefined && URL.canParse(url) ? url : undefined,
    contentType: content_type,
    // GitHub writes asterisks in its place.
    hasSecret: secret !== undefined && secret !== '',
    insecureSsl: String(insecure_ssl) === '1',
  };
}

/** GitHub leaves out what is not granted. */
function toPermissions(from: object): Permissions {
  return Object.fromEntries(
    Object.entries(from).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
}

/** A person's or an organisation's login, an enterprise's slug. */
function nameOf(account: { readonly login?: string; readonly slug?: string } | null): string {
  return account?.login ?? account?.slug ?? 'an unknown account';
}

function toInstalled(
  data: { readonly total_count: number; readonly repositories: readonly RestRepository[] },
  installation: number,
): InstalledRepositories {
  const dead = (one: RestRepository): boolean => one.archived || one.disabled;
  return {
    repositories: data.repositories
      .filter((one) => !dead(one))
      .map((one) => toRepository(one, installation)),
    archived: data.repositories.filter(dead).map(({ owner, name }) => `${owner.login}/${name}`),
    total: data.total_count,
  };
}

interface RestSettings {
  readonly allow_squash_merge?: boolean;
  readonly allow_merge_commit?: boolean;
  readonly allow_rebase_merge?: boolean;
}

/** GitHub shows these settings to those only who may push. */
function toMethods(data: RestSettings): Reading<readonly MergeMethod[]> {
  const {
    allow_squash_merge: squash,
    allow_merge_commit: merge,
    allow_rebase_merge: rebase,
  } = data;
  if (squash === undefined || merge === undefined || rebase === undefined) {
    return unknown(
      'GitHub does not show the App these settings: it needs the permission contents.',
    );
  }
  const allowed: readonly (readonly [MergeMethod, boolean])[] = [
    ['squash', squash],
    ['merge', merge],
    ['rebase', rebase],
  ];
  return known(allowed.filter(([, yes]) => yes).map(([method]) => method));
}
