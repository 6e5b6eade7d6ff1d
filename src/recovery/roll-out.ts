import type { RollOutPolicy } from '../policy/policy.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import type { RolledOut } from './recovery.ts';

/** What somebody reported about a commit at GitHub: the newest word of each sender. */
export interface Report {
  readonly kind: 'deployment' | 'status';
  /** The deployment's environment, or the context of the status. */
  readonly name: string;
  readonly state: 'success' | 'failure' | 'running';
  readonly at: Instant;
}

/** What the reports come to. */
export interface RollOut {
  readonly rolledOut?: RolledOut;
  /** The newest failure, unless its sender has said since that all is well. */
  readonly failed?: { readonly at: Instant; readonly name: string };
  /** Who said something of the commit without being asked for: helps to find out what to ask for. */
  readonly others: readonly string[];
}

/**
 * Whether the serving side took a merge, by what was reported of its commit and those after it. Every sender that the
 * policy names has to report success; where it names none, one that names the target does. The report that came last
 * says since when.
 */
export function readRollOut(
  reports: readonly Report[],
  { by }: RollOutPolicy,
  target: Target,
  mergedAt: Instant,
): RollOut {
  if (by === 'none') {
    return { rolledOut: { at: mergedAt, by: 'assumed', name: 'the merge' }, others: [] };
  }
  const newest = newestOf(reports);
  const wanted = by === 'any' ? [(one: Report) => names(one, target)] : by.map(matcherOf);
  const counted = newest.filter((one) => wanted.some((matches) => matches(one)));
  const others = newest.filter((one) => !counted.includes(one)).map(({ name }) => name);
  const failed = counted
    .filter(({ state }) => state === 'failure')
    .sort(byTime)
    .at(-1);
  const proofs = wanted.map((matches) => proofOf(newest.filter(matches)));
  const last = proofs.every((one) => one !== undefined)
    ? [...proofs].sort(byTime).at(-1)
    : undefined;
  return {
    ...(last && { rolledOut: { at: Math.max(last.at, mergedAt), by: last.kind, name: last.name } }),
    ...(failed && { failed: { at: failed.at, name: failed.name } }),
    others: [...new Set(others)],
  };
}

/** All that one name of the policy stands for has to have succeeded; the last of them is the proof. */
function proofOf(reports: readonly Report[]): Report | undefined {
  if (reports.some(({ state }) => state !== 'success')) return undefined;
  return [...reports].sort(byTime).at(-1);
}

function newestOf(reports: readonly Report[]): readonly Report[] {
  const newest = new Map<string, Report>();
  for (const one of reports) {
    const key = JSON.stringify([one.kind, one.name]);
    const known = newest.get(key);
    if (!known || known.at <= one.at) newest.set(key, one);
  }
  return [...newest.values()];
}

function byTime(a: { readonly at: Instant } | undefined, b: { readonly at: Instant } | undefined) {
  return (a?.at ?? 0) - (b?.at ?? 0);
}

/** A name of the policy, with at most one `*` for anything; case does not matter. */
function matcherOf(pattern: string): (report: Report) => boolean {
  const [start = '', end] = pattern.toLowerCase().split('*');
  return ({ name }) => {
    const text = name.toLowerCase();
    if (end === undefined) return text === start;
    const longEnough = text.length >= start.length + end.length;
    return longEnough && text.startsWith(start) && text.endsWith(end);
  };
}

/**
 * Whether a sender names the target's model, not as a part of a longer word. Argo CD's notifications name the
 * application, Flux's the Kustomization; where those are called otherwise, the policy names them.
 */
function names({ name }: Report, { model }: Target): boolean {
  const text = name.toLowerCase();
  const at = text.indexOf(model.toLowerCase());
  if (at < 0) return false;
  const before = text[at - 1] ?? '/';
  const after = text[at + model.length] ?? '/';
  return !/[a-z0-9]/.test(before) && !/[a-z0-9]/.test(after);
}
