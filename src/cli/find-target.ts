import { formatProblem } from '../policy/format-problem.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import { nearestName } from '../nearest-name.ts';
import { targetKey, type Target } from '../target.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/**
 * The policy of the target that the person named: `environment/model`, or the model where that is enough. A target
 * whose policy has mistakes counts when names are told apart, so that nobody gets an answer about another one.
 */
export function findTarget(set: PolicySet, name: string): TargetPolicy {
  const all = [...set.targets, ...set.disabled];
  const matching = (matches: (target: Target) => boolean) =>
    new Set(all.filter(({ target }) => matches(target)).map(({ target }) => targetKey(target)));
  const exact = matching((target) => targetKey(target) === name);
  const keys = exact.size > 0 ? exact : matching((target) => target.model === name);
  const [key] = keys;
  if (key === undefined) throw unknown(set, name);
  if (keys.size > 1) {
    throw new CommandFailed(
      EXIT.usage,
      `${name} runs in several environments. Name one of them: ${[...keys].join(', ')}.`,
    );
  }
  const policy = set.targets.find(({ target }) => targetKey(target) === key);
  if (policy) return policy;
  const files = set.disabled.filter(({ target }) => targetKey(target) === key);
  const problems = set.problems.filter(({ file }) => files.some((one) => one.file === file));
  throw new CommandFailed(
    EXIT.no,
    [`The policy of ${key} has mistakes:`, ...problems.map(formatProblem)].join('\n'),
    problems,
  );
}

function unknown(set: PolicySet, name: string): CommandFailed {
  const targets = [...set.targets, ...set.disabled].map(({ target }) => target);
  const keys = [...new Set(targets.map(targetKey))].sort();
  const meant = nearestName(name, [...keys, ...targets.map(({ model }) => model)]);
  const known =
    keys.length > 0
      ? `Known: ${keys.join(', ')}.`
      : 'No policy names any target as of this commit; --policy takes a policy file from anywhere.';
  const suggestion = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const mistakes =
    set.problems.length > 0 ? ' Some policies have mistakes: `lastgood validate` lists them.' : '';
  return new CommandFailed(
    EXIT.usage,
    `No policy names the target ${name}.${suggestion} ${known}${mistakes}`,
  );
}
