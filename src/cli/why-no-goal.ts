import { nearestName } from '../nearest-name.ts';
import type { LastGood } from '../releases/last-good.ts';
import type { PassedOverReason } from '../releases/selection.ts';
import { runsModel } from '../releases/choose-last-good.ts';
import { modelVersions, versionsOf } from '../releases/versions.ts';
import { flatten } from '../texts/escape.ts';
import { count, listOf, shortCommit } from '../texts/names.ts';

/** So many versions are named to choose from. */
const NAMED = 5;

/** Why there is nothing to go back to: what was looked at, and what a person can do. */
export function whyNoGoal(
  { running, releases, selection }: LastGood,
  requested: string | undefined,
): string {
  if (running.problems.length > 0) {
    const problems = running.problems.map(
      ({ pin, problem }) => `${pin}: ${flatten(problem.message, 300)}`,
    );
    return `what runs at ${shortCommit(running.commit)} cannot be read. ${problems.join(' ')}`;
  }
  const earlier = releases.slice(1);
  if (earlier.length === 0) {
    return 'the release that runs is the first one. A fallback in the policy would give it somewhere to go.';
  }
  if (requested === undefined) {
    return `none of the ${count(earlier.length, 'earlier release')} looked at is good, and the policy has no fallback.`;
  }
  const asked = flatten(requested, 80);
  if (selection.passedOver.some(({ reason }) => !OTHERS.has(reason))) {
    return `no earlier release with the version ${asked} can be gone back to.`;
  }
  if (runsModel(running, requested)) {
    return `the version ${asked} is what runs, and no earlier release had it with anything else.`;
  }
  const versions = new Set(
    earlier.flatMap((release) => Object.values(modelVersions(versionsOf(release)))),
  );
  const meant = nearestName(requested, versions);
  const known = [...versions].slice(0, NAMED).map((version) => flatten(version, 80));
  return [
    `none of the ${count(earlier.length, 'earlier release')} runs the version ${asked}.`,
    meant === undefined ? [] : `Did you mean ${flatten(meant, 80)}?`,
    `The newest that ran: ${listOf(known, 'and')}.`,
  ]
    .flat()
    .join(' ');
}

/** What says nothing about the releases that a person asked for. */
const OTHERS: ReadonlySet<PassedOverReason> = new Set(['not-the-requested-version', 'unreadable']);
