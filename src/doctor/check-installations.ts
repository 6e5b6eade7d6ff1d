import { listOf } from '../texts/names.ts';
import { cannotBeRead, ok, problem, warning, type Check } from './check.ts';
import type { Facts } from './facts.ts';

const THE_APP = 'the App';

/** Where the App is installed, and whether anything there can be worked on. */
export function checkInstallations({ app, asApp }: Facts): readonly Check[] {
  if (asApp === undefined || app.kind !== 'known') return [];
  const { installations } = asApp;
  if (!installations.ok) {
    return [cannotBeRead('installations', THE_APP, 'the installations', installations.why)];
  }
  if (installations.value.length === 0) {
    return [
      problem(
        'installations',
        THE_APP,
        'The App is installed nowhere.',
        'Install it from its settings page, "Install App", on the repositories with manifests.',
      ),
    ];
  }
  return installations.value.map(({ account, suspended }) =>
    suspended
      ? warning(
          'installations',
          account,
          'The installation is suspended: nothing there is watched or rolled back.',
          'Unsuspend it in the settings of the account, "Installed GitHub Apps", unless this is meant.',
        )
      : ok('installations', account, 'The App is installed.'),
  );
}

/** The repositories of every installation: none, archived ones, those left out. */
export function checkRepositories({ installed, leftOut }: Facts): readonly Check[] {
  const checks = installed.map(({ account, found }): Check => {
    if (!found.ok) return cannotBeRead('repositories', account, 'the repositories', found.why);
    const { repositories, archived, total } = found.value;
    const add = 'Choose them in the settings of the account, "Installed GitHub Apps", "Configure".';
    if (total === 0) {
      return warning('repositories', account, 'The installation has no repository.', add);
    }
    if (archived.length > 0) {
      const are = `${listOf(archived)} ${archived.length === 1 ? 'is' : 'are'} archived`;
      const fix = 'Take it out of the installation, or unarchive it if rollbacks are wanted there.';
      return warning('repositories', account, `${are}: nothing can be written there.`, fix);
    }
    const seen = repositories.length;
    return seen < total
      ? warning(
          'repositories',
          account,
          `The doctor looks at the first ${seen} of ${total} repositories.`,
          'Install the App on the repositories with manifests only.',
        )
      : ok('repositories', account, seen === 1 ? 'One repository.' : `${seen} repositories.`);
  });
  if (leftOut.length === 0) return checks;
  const some =
    leftOut.length > 5 ? [...leftOut.slice(0, 5), `${leftOut.length - 5} more`] : leftOut;
  const found = `Not looked at, because one run asks GitHub only so much: ${listOf(some)}.`;
  const fix = 'Install the App on the repositories with manifests only.';
  return [...checks, warning('repositories', THE_APP, found, fix)];
}
