import type { PastRollback } from '../decision/decision.ts';
import { incidentOf } from './branch.ts';
import { countingPulls } from './counting-pulls.ts';
import type { PullRequest, RollbackBranch } from './forge.ts';

/** What is known of a repository's rollbacks, by branch. */
export interface Known {
  readonly past: ReadonlyMap<string, Pick<PastRollback, 'number' | 'state'>>;
  /** Those that can be taken further. */
  readonly open: ReadonlyMap<string, { readonly number: number }>;
}

/** What GitHub has of them. */
export interface Found {
  /** Open, or opened in the time that guards look back over; newest first. */
  readonly pulls: readonly PullRequest[];
  readonly branches: readonly RollbackBranch[];
}

/** One gap between what is known and what is, or one open rollback to look after. */
export type SweepAction =
  /** Merged or closed, and the delivery that told it was lost. */
  | { readonly do: 'settle'; readonly branch: string; readonly pull: PullRequest }
  /** The same of one that could not be taken further here: only its state is taken note of. */
  | { readonly do: 'correct'; readonly branch: string; readonly pull: PullRequest }
  /** Nobody here knows of it: another replica or a process that died opened it. */
  | { readonly do: 'recall'; readonly branch: string; readonly pull: PullRequest }
  /** Closed as far as is known, and open. */
  | { readonly do: 'reopen'; readonly branch: string; readonly number: number }
  /** Open here and there: whatever it waits for may have come, and the delivery or the timer may be lost. */
  | { readonly do: 'advance'; readonly branch: string; readonly pull: PullRequest }
  /** Open here, and not among those that GitHub lists: only reading it tells. */
  | { readonly do: 'look'; readonly branch: string; readonly number: number }
  /** A branch that never had a pull request: somebody died between the two. */
  | { readonly do: 'continue'; readonly branch: string; readonly from: RollbackBranch }
  /** Merged, and its branch is still there. */
  | { readonly do: 'tidy'; readonly branch: string };

/** What is over is taken note of first: it may be what another one waits for. */
const ORDER: readonly SweepAction['do'][] = [
  ...(['settle', 'correct', 'look', 'reopen', 'recall', 'advance', 'continue', 'tidy'] as const),
];

/** Compares what is known with what GitHub says: at most one action a branch, in the order to do them. Pure. */
export function planSweep(known: Known, found: Found): readonly SweepAction[] {
  const counting = countingPulls(found.pulls.filter(({ branch }) => incidentOf(branch)));
  const actions: SweepAction[] = [];
  const standing = new Set(found.branches.map(({ branch }) => branch));
  for (const [branch, pull] of counting) {
    const action = aboutPull(known, branch, pull, standing.has(branch));
    if (action) actions.push(action);
  }
  for (const [branch, { number }] of known.open) {
    if (!counting.has(branch)) actions.push({ do: 'look', branch, number });
  }
  for (const from of found.branches) {
    const { branch } = from;
    const has = from.pulls > 0 || counting.has(branch) || known.open.has(branch);
    if (!has && incidentOf(branch)) actions.push({ do: 'continue', branch, from });
  }
  return actions.sort((a, b) => ORDER.indexOf(a.do) - ORDER.indexOf(b.do));
}

function aboutPull(
  known: Known,
  branch: string,
  pull: PullRequest,
  stands: boolean,
): SweepAction | undefined {
  const past = known.past.get(branch);
  if (!past || past.number < pull.number) return { do: 'recall', branch, pull };
  if (past.number > pull.number) {
    // A list that is behind, or an older one that a person reopened.
    const reopened = pull.own && pull.state === 'open' && past.state !== 'open';
    return reopened ? { do: 'reopen', branch, number: pull.number } : undefined;
  }
  const continued = known.open.has(branch);
  if (pull.state === 'open') {
    if (past.state === 'open') return { do: 'advance', branch, pull };
    // Merged here and open there is GitHub not showing the merge yet, or never (GitHub reality 4).
    return past.state === 'merged' ? undefined : { do: 'reopen', branch, number: pull.number };
  }
  if (continued) return { do: 'settle', branch, pull };
  if (past.state === 'open') return { do: 'correct', branch, pull };
  return stands && (pull.state === 'merged' || past.state === 'closed-by-lastgood')
    ? { do: 'tidy', branch }
    : undefined;
}
