import type { Component } from '../manifests/pin.ts';
import { nearestName } from '../nearest-name.ts';
import { extractVersion, insertVersion } from '../manifests/version-pattern.ts';
import type { ApprovalGroup, PolicyProblem, Principal, Rung, TargetPolicy } from './policy.ts';
import type { ResolvedMonitor } from './resolve-monitors.ts';
import { rungName } from './rung-name.ts';
import { keyAt, quote, treeAt } from './tree.ts';
import type { Location, MapTree, TreePath } from './tree.ts';

/** What only the whole of a target's settings can tell: whether they go together. */
export function checkTarget(
  policy: TargetPolicy,
  ladder: readonly GivenRung[],
  tree: MapTree,
): PolicyProblem[] {
  const at: At = (...paths) => placeIn(tree, policy, paths);
  return [
    ...checkApprovals(policy, at),
    ...checkFallback(policy, at),
    ...checkFallbackPattern(policy, at),
    ...checkLadder(policy, ladder, at),
    ...checkDrills(policy, tree, at),
  ];
}

/** The mistakes of monitors, at their places. */
export function placed(
  policy: TargetPolicy,
  tree: MapTree,
  monitors: readonly ResolvedMonitor[],
): PolicyProblem[] {
  return monitors.flatMap(({ name, problems }) =>
    problems.map(({ path, ...problem }) => ({
      ...placeIn(tree, policy, [['monitors', name, ...path], ['monitors', name], ['monitors']]),
      ...problem,
    })),
  );
}

type At = (...paths: readonly TreePath[]) => Location;

function checkApprovals({ approvals }: TargetPolicy, at: At): PolicyProblem[] {
  const { groups } = approvals;
  if (groups) return checkGroups(groups, at);
  if (approvals.by !== 'lastgood') return [];
  const place = at(
    ['approvals', 'required'],
    ['approvals', 'from'],
    ['owners'],
    ['approvals', 'by'],
  );
  if (approvals.required === 0) {
    return [
      {
        ...place,
        message: '`approvals.required` is 0: a pull request for review would merge without one',
        expected: 'at least 1 while Lastgood counts the approvals',
        suggestion: 'to merge without an approval say `merge` in `respond`',
      },
    ];
  }
  const users = new Set(approvals.from.map((one) => loginOf(one)));
  if (users.has(undefined) || users.size >= approvals.required) return [];
  return [
    {
      ...place,
      message: `\`approvals.required\` is ${approvals.required}, but only ${users.size === 1 ? '1 user is' : `${users.size} users are`} named`,
      expected: 'no more approvals than there are people who can give them',
      suggestion: 'name a team in `approvals.from`, or require fewer',
    },
  ];
}

function checkGroups(groups: readonly ApprovalGroup[], at: At): PolicyProblem[] {
  const place = at(['approvals', 'groups']);
  const names = groups.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  const problems: PolicyProblem[] = [];
  if (twice !== undefined) {
    problems.push({
      ...place,
      message: `\`approvals.groups\` has the name ${quote(twice)} twice`,
      expected: 'a name of its own for each group',
    });
  }
  for (const { name, from, required } of groups) {
    const users = new Set(from.map((one) => loginOf(one)));
    if (users.has(undefined) || users.size >= required) continue;
    problems.push({
      ...place,
      message: `the group ${quote(name)} requires ${required}, but only ${users.size === 1 ? '1 user is' : `${users.size} users are`} named in it`,
      expected: 'no more approvals than there are people who can give them',
      suggestion: 'name a team, or require fewer',
    });
  }
  return problems;
}

/** The login, lower case as GitHub compares it; undefined for a team or a role. */
function loginOf(principal: Principal): string | undefined {
  return principal.kind === 'user' ? principal.login.toLowerCase() : undefined;
}

/** A pair is never mixed: a fallback speaks of every component that the target pins, and of no other. */
function checkFallback({ fallback, pins }: TargetPolicy, at: At): PolicyProblem[] {
  const named = Object.keys(fallback) as Component[];
  if (named.length === 0) return [];
  const pinned = new Set(pins.map((pin) => pin.component));
  const unpinned = named.filter((name) => !pinned.has(name));
  const missing = [...pinned].filter((name) => !named.includes(name));
  return [
    ...unpinned.map((name) => ({
      ...at(['fallback', name]),
      message: `\`fallback\` names \`${name}\`, for which the target has no pin`,
      expected: `components with pins: ${[...pinned].join(', ')}`,
      suggestion: `remove \`${name}\`, or pin it`,
    })),
    ...missing.map((name) => ({
      ...at(['fallback']),
      message: `\`fallback\` says nothing about \`${name}\``,
      expected: 'a value for every component with pins',
      suggestion: `write \`${name}: none\` to leave it as it is`,
    })),
  ];
}

/** A fallback that the pin's pattern does not match could not be set. */
function checkFallbackPattern(policy: TargetPolicy, at: At): PolicyProblem[] {
  return policy.pins.flatMap(({ id, component, version }) => {
    const value = policy.fallback[component];
    if (value === undefined || value === 'none' || version === undefined) return [];
    if (extractVersion(version, value) !== undefined) return [];
    return [
      {
        ...at(['fallback', component]),
        message: `\`fallback.${component}\` is ${quote(value)}, which the version of the pin \`${id}\` does not match`,
        expected: `a whole value of the form ${quote(version)}`,
        ...(!value.includes('/') && {
          suggestion: `write "${insertVersion(version, value) ?? value}"`,
        }),
      },
    ];
  });
}

/**
 * Drills merge in an environment of this policy, or nowhere. What a preset says is for many policies, of which some may
 * not have that environment: then their drills merge nowhere.
 */
function checkDrills({ drills, target }: TargetPolicy, tree: MapTree, at: At): PolicyProblem[] {
  const { environment } = drills;
  if (environment === undefined) return [];
  const path = ['drills', 'environment'];
  const scoped = ['environments', target.environment, ...path];
  if (!treeAt(tree, scoped) && !treeAt(tree, path)) return [];
  const environments = treeAt(tree, ['environments']);
  const known = environments?.kind === 'map' ? [...environments.entries.keys()] : [];
  if (known.includes(environment)) return [];
  const meant = nearestName(environment, known);
  return [
    {
      ...at(path),
      message: `\`drills.environment\` is ${quote(environment)}, which is no environment of this policy`,
      expected: `one of ${known.join(', ')}`,
      suggestion:
        meant === undefined
          ? 'leave it out, and drills merge nowhere'
          : `did you mean \`${meant}\``,
    },
  ];
}

/** A rung as the file names it: the retrain is none of the internal ones, because it changes no pin. */
type GivenRung = Rung | 'retrain';

function nameOf(rung: GivenRung): string {
  return rung === 'retrain' ? rung : rungName(rung);
}

/** A rung that could never be taken, or that would part what belongs together, is a mistake. */
function checkLadder(
  { fallback, pins, retrain }: TargetPolicy,
  ladder: readonly GivenRung[],
  at: At,
): PolicyProblem[] {
  const pinned = new Set(pins.map((pin) => pin.component));
  const names = ladder.map(nameOf);
  return ladder.flatMap((rung, index): PolicyProblem[] => {
    const place = at(['ladder', index], ['ladder']);
    const name = `\`ladder\` has the rung ${quote(nameOf(rung))}`;
    if (names.indexOf(nameOf(rung)) < index) {
      return [{ ...place, message: `${name} twice`, expected: 'each rung once' }];
    }
    if (rung === 'release') return [];
    if ((rung === 'fallback' || rung === 'retrain') && index === 0) {
      const expected = '`release` or a list of components first';
      return [{ ...place, message: `${name} first`, expected }];
    }
    if (rung === 'retrain') {
      if (index < ladder.length - 1) {
        const message = `${name} before the last place`;
        return [{ ...place, message, expected: 'it last: what it trains comes as a new release' }];
      }
      if (retrain) return [];
      const message = `${name}, and there is no \`retrain\``;
      const suggestion = 'add one, as in `retrain: { event: retrain-fraud }`';
      return [{ ...place, message, expected: 'a `retrain` with the event to send', suggestion }];
    }
    if (rung === 'fallback') {
      if (Object.keys(fallback).length > 0) return [];
      const message = `${name}, and there is no \`fallback\``;
      return [{ ...place, message, expected: 'a `fallback` to take', suggestion: 'add one' }];
    }
    const unpinned = rung.filter((one) => !pinned.has(one));
    if (unpinned.length > 0) {
      const message = `${name}, and the target has no pin for ${unpinned.join(', ')}`;
      return [{ ...place, message, expected: `components with pins: ${[...pinned].join(', ')}` }];
    }
    const pair = (['model', 'features'] as const).filter((one) => pinned.has(one));
    const taken = pair.filter((one) => rung.includes(one));
    if (taken.length === 0 || taken.length === pair.length) return [];
    const message = `${name}, which parts model and features`;
    return [{ ...place, message, expected: 'model and features in one rung' }];
  });
}

/** Where the file itself says one of these settings, else where it says what it extends, else what it is about. */
function placeIn(
  tree: MapTree,
  { file, target }: TargetPolicy,
  paths: readonly TreePath[],
): Location {
  const scope = ['environments', target.environment];
  const candidates = [...paths.flatMap((path) => [[...scope, ...path], path]), ['extends'], scope];
  for (const path of candidates) {
    const place = treeAt(tree, path) && keyAt(tree, path);
    if (place) return place;
  }
  return { file, line: 1, column: 1 };
}
