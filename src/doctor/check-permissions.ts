import { listOf } from '../texts/names.ts';
import { ok, problem, warning, type Check } from './check.ts';
import type { Facts, InstallationFacts, KnownApp, Permissions } from './facts.ts';

const SETTINGS = 'the settings of the App, "Permissions & events"';

/** What does not work without a permission, by its name in `app.yml`. */
const WITHOUT: Readonly<Record<string, string>> = {
  contents:
    'branches and commits of rollbacks, merging, reading the manifests, holds and quarantines',
  pull_requests: 'opening and closing rollback pull requests, reviews, labels and comments',
  issues: 'answers to commands on issues, and no issue per incident',
  checks: 'check of pull requests, and seeing why a merge waits for checks',
  merge_queues: 'check in merge queues',
  statuses: 'seeing why a merge waits for statuses',
  deployments: 'seeing whether a merge was rolled out',
  members: 'telling who is in the teams that a policy names',
  metadata: 'anything',
};

/** What is not noticed without an event, by its name in `app.yml`. */
const UNHEARD: Readonly<Record<string, string>> = {
  push: 'new releases, changed policies, and rollbacks made by hand',
  pull_request:
    'rollback pull requests that people close, reopen, merge or push to, and pull requests that want the check',
  pull_request_review: 'approvals, and commands in reviews',
  pull_request_review_comment: 'commands on the lines of a pull request',
  issue_comment: 'commands below issues and pull requests',
  check_run: 'answer to "Re-run" and to the buttons of the check',
  check_suite: 'checks that a merge waits for, and "Re-run all"',
  merge_group: 'check in merge queues',
  status: 'statuses that a merge waits for, and that tell of a roll-out',
  deployment_status: 'deployments that tell of a roll-out',
  repository_dispatch: 'alerts that arrive through GitHub',
  repository: 'renamed repositories',
};

const LEVELS = ['read', 'write', 'admin'];

/** Compares what every installation grants with `app.yml`. */
export function checkPermissions(facts: Facts): readonly Check[] {
  return forEachInstallation(facts, (app, { account, permissions }) => {
    const wanted = facts.manifest.permissions;
    const checks: Check[] = [];
    const missing = lacking(wanted, permissions);
    if (missing.length > 0) {
      const what = missing.map((name) => `${name}: ${wanted[name]} (${losing(WITHOUT, name)})`);
      const found = `Missing: ${listOf(what)}.`;
      checks.push(
        problem('permissions', account, found, grantFix(app, account, pick(wanted, missing))),
      );
    }
    const more = lacking(permissions, wanted).map((name) => `${name}: ${permissions[name]}`);
    if (more.length > 0) {
      const found = `More than Lastgood needs: ${listOf(more)}.`;
      const fix = `Take it away in ${SETTINGS}, unless something else needs it.`;
      checks.push(warning('permissions', account, found, fix));
    }
    if (checks.length > 0) return checks;
    return [ok('permissions', account, 'What app.yml asks for, and nothing more.')];
  });
}

/** Compares the events that GitHub sends with `app.yml`. */
export function checkEvents(facts: Facts): readonly Check[] {
  return forEachInstallation(facts, (app, { account, events }) => {
    const missing = facts.manifest.events.filter((event) => !events.includes(event));
    if (missing.length === 0) return [ok('events', account, 'Every event of app.yml is sent.')];
    const what = missing.map((event) => `${event} (${losing(UNHEARD, event)})`);
    const fix = missing.every((event) => app.events.includes(event))
      ? accept(account)
      : `Tick ${listOf(missing)} in ${SETTINGS}.`;
    return [problem('events', account, `Not sent: ${listOf(what)}.`, fix)];
  });
}

function forEachInstallation(
  { app, asApp }: Facts,
  check: (app: KnownApp, installation: InstallationFacts) => readonly Check[],
): readonly Check[] {
  if (app.kind !== 'known' || asApp?.installations.ok !== true) return [];
  const active = asApp.installations.value.filter(({ suspended }) => !suspended);
  return active.flatMap((installation) => check(app, installation));
}

/** The permissions of `wanted` that `granted` does not reach. */
function lacking(wanted: Permissions, granted: Permissions): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, level]) => rank(granted[name], name) < rank(level, name))
    .map(([name]) => name);
}

function pick(from: Permissions, names: readonly string[]): Permissions {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function rank(level: string | undefined, name: string): number {
  // Always granted, said or not.
  return Math.max(LEVELS.indexOf(level ?? ''), name === 'metadata' ? 0 : -1);
}

function losing(table: Readonly<Record<string, string>>, name: string): string {
  return table[name] === undefined ? 'needed by Lastgood' : `without it: no ${table[name]}`;
}

/** Where to grant it depends on whether the App asks for it already. */
function grantFix(app: KnownApp, account: string, missing: Permissions): string {
  const notAsked = lacking(missing, app.permissions);
  if (notAsked.length === 0) return accept(account);
  return `Ask for ${listOf(notAsked)} in ${SETTINGS}; then an owner of ${account} accepts the change under "Installed GitHub Apps".`;
}

function accept(account: string): string {
  return `An owner of ${account} accepts what the App asks for under "Installed GitHub Apps".`;
}
