import { COMPONENTS } from '../manifests/pin.ts';
import type { Component, Pin, PinId } from '../manifests/pin.ts';
import type { Target } from '../target.ts';
import { DEFAULTS, DEFAULT_OWNERS } from './defaults.ts';
import type { PinPlace, Place, PolicyProblem, Principal, TargetPolicy } from './policy.ts';
import { settingsSchema } from './schema.ts';
import type { PinEntry, PolicyFile } from './schema.ts';
import { keyAt, toPlain, treeAt } from './tree.ts';
import type { Location, MapTree, Tree, TreePath } from './tree.ts';

type Pins = PolicyFile['environments'][string]['pins'];

interface Input {
  readonly file: string;
  readonly target: Target;
  readonly pins: Pins;
  /** The whole file, for places. */
  readonly tree: MapTree;
  /** The settings of this environment, presets included: each layer is known to be valid by itself. */
  readonly settings: Tree;
}

/** Fills what file and presets leave open with the defaults, and checks what only the whole can tell. */
export function resolveTarget({ file, target, pins: entries, tree, settings }: Input): {
  readonly policy: TargetPolicy;
  readonly problems: readonly PolicyProblem[];
} {
  const given = settingsSchema.parse(toPlain(settings));
  const { pins, places } = namePins(entries, tree, ['environments', target.environment, 'pins']);
  const owners = given.owners ?? DEFAULT_OWNERS;
  const policy: TargetPolicy = {
    target,
    file,
    owners,
    pins,
    pinPlaces: places,
    respond: { ...DEFAULTS.respond, ...given.respond },
    evidence: { ...DEFAULTS.evidence, ...given.evidence },
    goal: { ...DEFAULTS.goal, ...given.target },
    limits: { ...DEFAULTS.limits, ...given.limits },
    approvals: { ...DEFAULTS.approvals, from: owners, ...given.approvals },
    verify: { ...DEFAULTS.verify, ...given.verify },
    fallback: { ...DEFAULTS.fallback, ...given.fallback },
  };
  const at = (...paths: readonly TreePath[]) => placeIn(tree, file, target, paths);
  return { policy, problems: [...checkApprovals(policy, at), ...checkFallback(policy, at)] };
}

type At = (...paths: readonly TreePath[]) => Location;

function checkApprovals({ approvals }: TargetPolicy, at: At): PolicyProblem[] {
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

/** Where the file itself says one of these settings, else where it says what it extends, else what it is about. */
function placeIn(
  tree: MapTree,
  file: string,
  target: Target,
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

function namePins(entries: Pins, tree: Tree, path: TreePath) {
  const pins: Pin[] = [];
  const places: Record<PinId, PinPlace> = {};
  for (const component of COMPONENTS) {
    const value = entries[component];
    if (value === undefined) continue;
    const list = Array.isArray(value) ? value : [value];
    list.forEach((entry: PinEntry, index) => {
      const id = list.length > 1 ? `${component}[${index}]` : component;
      pins.push({ id, component, ...entry });
      const where = Array.isArray(value) ? [...path, component, index] : [...path, component];
      places[id] = pinPlace(tree, where);
    });
  }
  return { pins, places };
}

function pinPlace(tree: Tree, path: TreePath): PinPlace {
  const place = (...more: TreePath): Place | undefined => {
    const found = treeAt(tree, [...path, ...more])?.at;
    return found && { line: found.line, column: found.column };
  };
  const key = keyAt(tree, path) ?? tree.at;
  const at = { line: key.line, column: key.column };
  const document = place('document');
  const version = place('version');
  return {
    ...at,
    file: place('file') ?? at,
    path: place('path') ?? at,
    ...(document && { document }),
    ...(version && { version }),
  };
}
