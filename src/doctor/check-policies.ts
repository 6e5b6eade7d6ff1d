import { formatProblem } from '../policy/format-problem.ts';
import { fullName } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { count, listOf } from '../texts/names.ts';
import { cannotBeRead, ok, problem, warning, type Check } from './check.ts';
import type { MirrorFacts, RepositoryFacts } from './facts.ts';

/** So many mistakes are listed; `lastgood validate` lists all. */
const MOST_PROBLEMS = 20;

/** Why nothing is known of a repository that the running process fetches for the first time. */
export const NOT_OPEN_YET = 'It is still being fetched.';

/** Whether the repository can be fetched, and how the copy on disk stands to it. */
export function checkMirror({ repository, mirror }: RepositoryFacts): Check {
  const about = fullName(repository);
  if (!mirror.ok && mirror.why === NOT_OPEN_YET) {
    return warning(
      'mirror',
      about,
      'The repository is still being fetched for the first time, so its policies were not checked.',
      'Run the doctor again in a while.',
    );
  }
  if (!mirror.ok) {
    return problem(
      'mirror',
      about,
      `The repository cannot be fetched, so its policies were not checked. ${mirror.why}`,
      'Check the permission "contents", and that git reaches GitHub from here.',
    );
  }
  return judgeMirror(about, mirror.value);
}

function judgeMirror(about: string, mirror: MirrorFacts): Check {
  if (mirror.kind === 'absent') {
    return ok('mirror', about, 'The repository can be fetched; no mirror is on this disk yet.');
  }
  if (mirror.kind === 'unreadable') {
    const fix =
      'Nothing is lost: stop Lastgood, delete the folder of the mirror, and start it again.';
    const found = `The repository can be fetched; the mirror on this disk cannot be read. ${mirror.why}`;
    return warning('mirror', about, found, fix);
  }
  const size = `${(mirror.bytes / 1024 ** 2).toFixed(1)} MiB`;
  if (mirror.behind === 0) {
    return ok(
      'mirror',
      about,
      `The repository can be fetched; the mirror has all of it (${size}).`,
    );
  }
  const behind =
    mirror.behind === undefined
      ? 'stands at a commit that is not on the default branch any more'
      : `is ${count(mirror.behind, 'commit')} behind`;
  return warning(
    'mirror',
    about,
    `The repository can be fetched; the mirror on this disk (${size}) ${behind}.`,
    'If Lastgood runs now, look at the webhook deliveries of "push"; else it catches up when it starts.',
  );
}

/** The policies of a repository: mistakes with their places, targets without a goal, owners. */
export function checkPolicies({ repository, policies }: RepositoryFacts): readonly Check[] {
  const about = fullName(repository);
  // Not fetched: said already.
  if (policies === undefined) return [];
  if (!policies.ok) return [cannotBeRead('policies', about, 'the policy files', policies.why)];
  const { set, pinProblems, goals } = policies.value;
  const problems = [...set.problems, ...pinProblems];
  if (problems.length === 0 && set.targets.length === 0) {
    const fix = 'Write one; docs/policy.md begins with the shortest.';
    return [warning('policies', about, 'No policy file: nothing is watched.', fix)];
  }
  const rest = problems.length - MOST_PROBLEMS;
  const checks = problems
    .slice(0, MOST_PROBLEMS)
    .map((one) =>
      problem(
        'policies',
        about,
        formatProblem(one),
        rest > 0
          ? `Mend it on the default branch; \`lastgood validate\` lists ${rest} more.`
          : 'Mend it on the default branch; `lastgood validate` checks it before.',
      ),
    );
  const targets = set.targets.map(({ target }) => targetKey(target));
  if (checks.length === 0) {
    checks.push(
      ok('policies', about, `No mistakes in the policies of ${count(targets.length, 'target')}.`),
    );
  }
  if (targets.length === 0) return checks;
  return [...checks, ...checkGoals(about, goals), checkOwners(about, policies.value.set.targets)];
}

type Policies = Extract<NonNullable<RepositoryFacts['policies']>, { readonly ok: true }>['value'];

function checkGoals(about: string, goals: Policies['goals']): readonly Check[] {
  const without = goals.filter(({ goal }) => goal === 'none');
  if (without.length === 0) {
    const fallbacks = goals.filter(({ goal }) => goal === 'fallback').map(({ target }) => target);
    const found =
      fallbacks.length > 0
        ? `Only the fallback is there to go back to for ${listOf(fallbacks)}.`
        : 'Every target whose pins can be read has a release to go back to.';
    return [ok('last-good', about, found)];
  }
  return without.map(({ target, why }) =>
    warning(
      'last-good',
      about,
      `${target} has nothing to go back to now: ${why ?? 'no release is good'}.`,
      `Give its policy a fallback, or wait until a release soaked; \`lastgood history ${target}\` shows them.`,
    ),
  );
}

function checkOwners(about: string, targets: Policies['set']['targets']): Check {
  const without = targets.filter(({ owners }) => owners.length === 0);
  if (without.length === 0) return ok('owners', about, 'Every target has owners.');
  const names = listOf(without.map(({ target }) => targetKey(target)));
  const found = `Nobody owns ${names}: nobody is asked to review, or told.`;
  return warning('owners', about, found, 'Name `owners` in the policy.');
}
