import {
  REPOSITORY_ROLES,
  SEVERITIES,
  type ApprovalGroup,
  type ApprovalPolicy,
  type CheckLevel,
  type PolicySet,
  type Principal,
  type Severity,
  type TargetPolicy,
} from '../policy/policy.ts';
import { standingOf } from '../backtest/record.ts';
import { targetKey, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/** One way in which a change of policies lets more people, or nobody at all, decide. Closed. */
export type Wider =
  | { readonly kind: 'own' | 'approve' | 'break-glass'; readonly who: readonly Principal[] }
  /** No approver is named any more, so whoever may write counts. */
  | { readonly kind: 'anybody-approves' }
  | {
      readonly kind: 'fewer-approvals';
      readonly group?: string;
      readonly before: number;
      readonly after: number;
    }
  | { readonly kind: 'group-gone'; readonly name: string }
  /** Lastgood counts no approvals any more. */
  | { readonly kind: 'github-decides' }
  | { readonly kind: 'silence-merges' }
  | { readonly kind: 'merges-itself'; readonly severities: readonly Severity[] }
  /** Its environment becomes the one in which drills merge, without any approval. */
  | { readonly kind: 'drills-merge' }
  /** Nothing has to be shown by a backtest any more before it merges by itself. */
  | { readonly kind: 'no-backtest-asked' }
  /** By the record that would stand there, or by a demand for less, it would merge by itself. */
  | { readonly kind: 'backtest-passes' }
  /** No policy claims the target any more: the maintainers of the repository take the place of its people. */
  | { readonly kind: 'unclaimed' };

/** What a change of policies widens at a target. */
export interface WiderPowers {
  readonly target: TargetKey;
  /** The policy file that does it; where it is gone, the one that claimed the target before. */
  readonly file: string;
  /** The target had no policy before. */
  readonly isNew: boolean;
  /** What the check is to make of it, by the policy that holds now: whoever changes it does not choose that. */
  readonly level: CheckLevel;
  readonly wider: readonly Wider[];
}

/** Who gains something by that: whom to hold the author of the change against. */
export function gainers(wider: readonly Wider[]): readonly Principal[] {
  return wider.flatMap((one): readonly Principal[] => {
    if ('who' in one) return one.who;
    return one.kind === 'anybody-approves' ? [{ kind: 'role', role: 'write' }] : [];
  });
}

/**
 * What other policies would widen, target by target: who owns, approves and breaks the glass, how many have to agree,
 * and what merges without anybody. What is narrowed is not told of, nor what a mistake takes out of force. Pure.
 */
export function findWiderPowers(
  before: PolicySet,
  after: PolicySet,
  now: Instant,
): readonly WiderPowers[] {
  const known = new Map(before.targets.map((policy) => [targetKey(policy.target), policy]));
  const next = new Map(after.targets.map((policy) => [targetKey(policy.target), policy]));
  const disabled = new Set(
    [...before.disabled, ...after.disabled].map((one) => targetKey(one.target)),
  );
  const changed = [...next].map(([key, policy]): WiderPowers => {
    const was = known.get(key);
    const found = { target: key, file: policy.file };
    return was
      ? { ...found, isNew: false, level: was.check.widerPowers, wider: compare(was, policy, now) }
      : { ...found, isNew: true, level: 'tell', wider: firstPowers(policy) };
  });
  const gone = [...known].flatMap(([key, { file, check }]): WiderPowers[] =>
    next.has(key)
      ? []
      : [{ target: key, file, isNew: false, level: check.widerPowers, wider: UNCLAIMED }],
  );
  return [...changed, ...gone].filter(
    ({ target, wider }) => wider.length > 0 && !disabled.has(target),
  );
}

const UNCLAIMED: readonly Wider[] = [{ kind: 'unclaimed' }];

/** Who decides by a first policy, and what happens without anybody. */
function firstPowers(policy: TargetPolicy): readonly Wider[] {
  const { owners, approvals, breakGlass, respond } = policy;
  const severities = SEVERITIES.filter((one) => respond[one] === 'merge');
  return [
    ...added('own', [], owners),
    ...added('approve', [], approvals.from),
    ...added('break-glass', [], breakGlass),
    ...(approvals.onTimeout === 'merge' ? [{ kind: 'silence-merges' } as const] : []),
    ...(severities.length > 0 ? [{ kind: 'merges-itself', severities } as const] : []),
    ...(drillsMerge(policy) ? [{ kind: 'drills-merge' } as const] : []),
  ];
}

function compare(was: TargetPolicy, is: TargetPolicy, now: Instant): readonly Wider[] {
  const [old, next] = [was.approvals, is.approvals];
  const severities = SEVERITIES.filter(
    (one) => is.respond[one] === 'merge' && was.respond[one] !== 'merge',
  );
  return [
    ...added('own', was.owners, is.owners),
    ...compareApprovals(old, next),
    ...added('break-glass', was.breakGlass, is.breakGlass),
    ...(old.by === 'lastgood' && next.by === 'github' ? [{ kind: 'github-decides' } as const] : []),
    ...(old.onTimeout !== 'merge' && next.onTimeout === 'merge'
      ? [{ kind: 'silence-merges' } as const]
      : []),
    ...(severities.length > 0 ? [{ kind: 'merges-itself', severities } as const] : []),
    ...(drillsMerge(is) && !drillsMerge(was) ? [{ kind: 'drills-merge' } as const] : []),
    ...compareBacktests(was, is, now),
  ];
}

function drillsMerge({ drills, target }: TargetPolicy): boolean {
  return drills.environment === target.environment;
}

/** A target that merges nothing by itself has nothing to win by a record. */
function compareBacktests(was: TargetPolicy, is: TargetPolicy, now: Instant): readonly Wider[] {
  const merges = SEVERITIES.some((one) => is.respond[one] === 'merge') || is.onReturn === 'merge';
  if (!was.backtest || !(merges || is.approvals.onTimeout === 'merge')) return [];
  if (!is.backtest) return [{ kind: 'no-backtest-asked' }];
  const passed = standingOf(was, now)?.passed === true;
  return !passed && standingOf(is, now)?.passed === true ? [{ kind: 'backtest-passes' }] : [];
}

/** Who would count, and how many of them it would take; group by group, where there are groups. */
function compareApprovals(old: ApprovalPolicy, now: ApprovalPolicy): readonly Wider[] {
  const groups = new Map(groupsOf(old).map((one) => [one.name, one]));
  const who = groupsOf(now).flatMap((one) =>
    missing(groups.get(one.name)?.from ?? old.from, one.from),
  );
  // Where nobody is named, whoever may write counts already.
  const anybody = old.from.length === 0;
  const emptied = now.from.length === 0 && !anybody;
  const approve = anybody ? [] : added('approve', [], unique(who));
  const all: Wider[] = [...approve, ...(emptied ? [{ kind: 'anybody-approves' } as const] : [])];
  if (old.by === 'github' || now.by === 'github') return all;
  if (now.required < old.required) {
    all.push({ kind: 'fewer-approvals', before: old.required, after: now.required });
  }
  const left = new Map(groupsOf(now).map((one) => [one.name, one.required]));
  for (const { name, required } of old.groups ?? []) {
    const after = left.get(name);
    if (after === undefined) all.push({ kind: 'group-gone', name });
    else if (after < required)
      all.push({ kind: 'fewer-approvals', group: name, before: required, after });
  }
  return all;
}

/** The groups that have to agree; where there are none, everybody is one without a name. */
function groupsOf({ groups, from, required }: ApprovalPolicy): readonly ApprovalGroup[] {
  return groups ?? [{ name: '', from, required }];
}

function added(
  kind: 'own' | 'approve' | 'break-glass',
  before: readonly Principal[],
  after: readonly Principal[],
): readonly Wider[] {
  const who = missing(before, after);
  return who.length === 0 ? [] : [{ kind, who }];
}

function missing(before: readonly Principal[], after: readonly Principal[]): readonly Principal[] {
  return after.filter((one) => !before.some((known) => covers(known, one)));
}

function unique(all: readonly Principal[]): readonly Principal[] {
  return [...new Map(all.map((one) => [JSON.stringify(one).toLowerCase(), one])).values()];
}

/** Whether somebody named so was named already: a role names those of every stronger one. */
function covers(known: Principal, one: Principal): boolean {
  if (known.kind === 'role' && one.kind === 'role') {
    return REPOSITORY_ROLES.indexOf(known.role) <= REPOSITORY_ROLES.indexOf(one.role);
  }
  return JSON.stringify(known).toLowerCase() === JSON.stringify(one).toLowerCase();
}
