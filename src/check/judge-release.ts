import type { TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { componentOf, modelVersions, versionsOf, type Versions } from '../releases/versions.ts';
import { targetKey } from '../target.ts';
import type { Finding, Where } from './finding.ts';
import { findMutable } from './mutable-version.ts';

/** A change of a target's release that a pull request would make, as plain data. */
export interface ReleaseChange {
  readonly policy: Pick<TargetPolicy, 'target' | 'pins' | 'check'>;
  /** What runs on the branch that the pull request goes to. */
  readonly before: Pick<Release, 'values' | 'problems'>;
  /** What would run. */
  readonly after: Pick<Release, 'values' | 'problems'>;
  /** Where a rollback would go if what the pull request ships turned out bad. */
  readonly goal: Selection;
  /** The quarantine that what would run falls under, and whether a reland lets it pass once. */
  readonly quarantine?: {
    readonly versions: Versions;
    readonly because: string;
    readonly relanded: boolean;
    /** Where the pull request would leave automation out of force. */
    readonly suspended?: readonly Where[];
  };
  /** Whether model and features of what would run are known to belong together: they ran so, or somebody said so. */
  readonly pairDeclared: boolean;
}

/**
 * What is to be said about a pull request that changes what runs at a target. Nothing when it changes no version.
 * A quarantined version fails whatever the policy says; so does a pin that could be read and could not be any more.
 */
export function judgeRelease(change: ReleaseChange): readonly Finding[] {
  const { policy, before, after } = change;
  const target = targetKey(policy.target);
  if (after.problems.length > 0) {
    const weight = before.problems.length > 0 ? 'warn' : 'fail';
    return after.problems.map(({ pin, problem }) => {
      const where = placeOf(change, pin, problem.line ?? 1);
      return { kind: 'unreadable-pin', weight, target, pin, problem, ...where };
    });
  }
  const changed = changedPins(before, after);
  if (changed.length === 0) return [];
  return [
    ...judgeQuarantine(change, changed),
    ...judgeVersions(change, changed),
    ...judgePair(change, changed),
    ...judgeActive(change, changed),
    ...judgeGoal(change),
  ];
}

/** The pins whose version would be another one. */
export function changedPins(
  before: Pick<Release, 'values'>,
  after: Pick<Release, 'values'>,
): readonly string[] {
  return Object.entries(after.values).flatMap(([pin, { version }]) =>
    before.values[pin]?.version === version ? [] : [pin],
  );
}

function judgeQuarantine(change: ReleaseChange, changed: readonly string[]): Finding[] {
  const { quarantine } = change;
  if (!quarantine) return [];
  const target = targetKey(change.policy.target);
  const { versions, because, relanded, suspended = [] } = quarantine;
  if (relanded) {
    const left = suspended.length > 0 && { suspended };
    return [{ kind: 'relanded', weight: 'tell', target, versions, ...left }];
  }
  const pin = Object.keys(versions).find((one) => changed.includes(one)) ?? changed[0] ?? '';
  const where = placeOf(change, pin);
  return [{ kind: 'quarantined', weight: 'fail', target, versions, because, ...where }];
}

function judgeVersions(change: ReleaseChange, changed: readonly string[]): Finding[] {
  const { policy, after } = change;
  const weight = policy.check.mutableVersion;
  return changed.flatMap((pin): Finding[] => {
    const read = after.values[pin];
    const component = componentOf(pin);
    const mutable = read && component && findMutable(component, read);
    if (!mutable) return [];
    const finding = { weight, target: targetKey(policy.target), pin };
    const { value } = read;
    return [{ kind: 'mutable-version', ...finding, value, mutable, ...placeOf(change, pin) }];
  });
}

function judgePair(change: ReleaseChange, changed: readonly string[]): Finding[] {
  const { policy, after, pairDeclared } = change;
  const weight = policy.check.undeclaredPair;
  if (pairDeclared) return [];
  const pair = Object.entries(versionsOf(after)).filter(([pin]) => isOfPair(pin));
  const components = new Set(pair.map(([pin]) => componentOf(pin)));
  if (components.size < 2 || !changed.some(isOfPair)) return [];
  const pin = changed.find(isOfPair) ?? '';
  const finding = { weight, target: targetKey(policy.target) };
  const versions = Object.fromEntries(pair);
  return [{ kind: 'undeclared-pair', ...finding, versions, ...placeOf(change, pin) }];
}

function judgeActive(change: ReleaseChange, changed: readonly string[]): Finding[] {
  const { policy, after } = change;
  const weight = policy.check.severalActive;
  const versions = modelVersions(versionsOf(after));
  const models = Object.entries(versions).filter(([pin]) => componentOf(pin) === 'model');
  if (new Set(models.map(([, version]) => version)).size < 2) return [];
  const pin = models.find(([one]) => changed.includes(one))?.[0];
  if (pin === undefined) return [];
  const finding = { weight, target: targetKey(policy.target) };
  return [{ kind: 'several-active', ...finding, versions, ...placeOf(change, pin) }];
}

function judgeGoal({ policy, goal }: ReleaseChange): Finding[] {
  const target = targetKey(policy.target);
  const weight = policy.check.noGoal;
  if (goal.kind !== 'none') return [{ kind: 'goal', weight: 'tell', target, goal }];
  return [{ kind: 'no-goal', weight, target, goal }];
}

/** Model and features go together; every other component may change by itself. */
function isOfPair(pin: string): boolean {
  const component = componentOf(pin);
  return component === 'model' || component === 'features';
}

function placeOf(
  { policy, after }: Pick<ReleaseChange, 'policy' | 'after'>,
  pin: string,
  line?: number,
): { readonly where?: Where } {
  const file = policy.pins.find(({ id }) => id === pin)?.file;
  if (file === undefined) return {};
  return { where: { file, line: line ?? after.values[pin]?.line ?? 1 } };
}
