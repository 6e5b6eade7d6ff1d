import { policyDigest } from '../backtest/policy-digest.ts';
import { COMPONENTS } from '../manifests/pin.ts';
import type { Pin, PinId } from '../manifests/pin.ts';
import type { Target } from '../target.ts';
import { DAY } from '../time.ts';
import { checkTarget, placed } from './check-target.ts';
import { BACKTEST_DEFAULTS, DEFAULTS, DEFAULT_OWNERS } from './defaults.ts';
import type { ApprovalPolicy, PinPlace, Place, PolicyProblem, TargetPolicy } from './policy.ts';
import { resolveMonitors } from './resolve-monitors.ts';
import { settingsSchema, type Settings } from './schema/settings.ts';
import type { PolicyFile } from './schema/files.ts';
import type { PinEntry } from './schema/pins.ts';
import { keyAt, toPlain, treeAt } from './tree.ts';
import type { MapTree, Tree, TreePath } from './tree.ts';

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
  const evidence = { ...DEFAULTS.evidence, ...given.evidence };
  const monitors = resolveMonitors(given.monitors ?? {}, {
    server: given.server,
    repeat: evidence.consecutive,
    isNamed: (name) =>
      [[], ['environments', target.environment]].some(
        (scope) => treeAt(tree, [...scope, 'monitors', name]) !== undefined,
      ),
  });
  const policy: TargetPolicy = {
    target,
    file,
    owners,
    pins,
    pinPlaces: places,
    respond: { ...DEFAULTS.respond, ...given.respond },
    evidence,
    goal: { ...DEFAULTS.goal, ...given.target },
    limits: { ...DEFAULTS.limits, ...given.limits },
    approvals: withGroups({ ...DEFAULTS.approvals, from: owners, ...given.approvals }),
    breakGlass: given.breakGlass ?? DEFAULTS.breakGlass,
    onReturn: given.onReturn ?? DEFAULTS.onReturn,
    suspendAutomation: given.suspendAutomation ?? DEFAULTS.suspendAutomation,
    check: { ...DEFAULTS.check, ...given.check },
    notify: { ...DEFAULTS.notify, ...given.notify },
    verify: {
      ...DEFAULTS.verify,
      ...given.verify,
      rollOut: { ...DEFAULTS.verify.rollOut, ...given.verify?.rollOut },
    },
    drills: given.drills ?? DEFAULTS.drills,
    monitors: monitors.flatMap(({ monitor }) => monitor ?? []),
    ...(given.backtest && { backtest: demandOf(given.backtest) }),
    waiting: monitors.flatMap(({ name, waits }) => (waits ? [name] : [])),
    ladder: given.ladder?.filter((rung) => rung !== 'retrain') ?? DEFAULTS.ladder,
    ...(given.retrain && {
      retrain: { ...given.retrain, lastRung: given.ladder?.includes('retrain') ?? false },
    }),
    fallback: { ...DEFAULTS.fallback, ...given.fallback },
  };
  const problems = [
    ...checkTarget(policy, given.ladder ?? DEFAULTS.ladder, tree),
    ...placed(policy, tree, monitors),
  ];
  return { policy: gated(policy), problems };
}

/** The rate of false rollbacks is held against 30 days, however it is written. */
function demandOf({
  falseRollbacks,
  ...given
}: NonNullable<Settings['backtest']>): NonNullable<TargetPolicy['backtest']> {
  const rate = falseRollbacks && (30 * DAY * falseRollbacks.count) / falseRollbacks.per;
  return {
    ...BACKTEST_DEFAULTS,
    ...given,
    ...(rate !== undefined && { falseRollbacks: rate }),
    digest: '',
  };
}

/** A demand is about the policy as it stands in its files, which is known once it is complete. */
function gated(policy: TargetPolicy): TargetPolicy {
  const { backtest } = policy;
  return backtest ? { ...policy, backtest: { ...backtest, digest: policyDigest(policy) } } : policy;
}

/** Groups take the place of the short form, wherever that comes from. */
function withGroups(approvals: ApprovalPolicy): ApprovalPolicy {
  const { groups } = approvals;
  if (!groups) return approvals;
  const from = new Map(groups.flatMap((one) => one.from).map((one) => [JSON.stringify(one), one]));
  const required = groups.reduce((sum, one) => sum + one.required, 0);
  return { ...approvals, required, from: [...from.values()] };
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
