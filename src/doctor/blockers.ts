import { listOf } from '../texts/names.ts';
import type { MergeMethod } from './facts.ts';
import { reviewGates, reviewsAsked, type Gate } from './gates.ts';

/** Why a merge by the App would be refused. `source` is the set of rules that says so. */
export interface Blocker {
  readonly gate: Gate;
  readonly why: string;
}

/**
 * What would make GitHub refuse a merge of the App that nobody approved. Derived from the rules, because GitHub's own
 * `mergeable_state` names no reason and says blocked even where a bypass succeeds (GitHub reality 7).
 */
export function mergeBlockers(
  gates: readonly Gate[],
  how: { readonly method?: MergeMethod; readonly slug: string },
): readonly Blocker[] {
  const reviews = reviewGates(gates).map((gate) => ({ gate, why: reviewsAsked([gate]) }));
  return [...reviews, ...gates.flatMap((gate) => hardBlocker(gate, how))].filter(
    ({ gate }) => gate.bypassed !== 'yes',
  );
}

/** What no approval helps against. */
function hardBlocker(
  gate: Gate,
  { method, slug }: { readonly method?: MergeMethod; readonly slug: string },
): readonly Blocker[] {
  const { rule, source } = gate;
  const block = (why: string): readonly Blocker[] => [{ gate, why }];
  switch (rule.kind) {
    case 'update':
      return block(`${source} lets nobody update the branch who does not bypass it`);
    case 'pushers':
      return rule.apps.includes(slug)
        ? []
        : block(`${source} restricts who may push, and does not list the App`);
    case 'methods':
      return method === undefined || rule.allowed.includes(method)
        ? []
        : block(`${source} allows ${listOf(rule.allowed, 'or')} only, not ${method}`);
    case 'signatures':
      // GitHub signs the commit of a squash or a merge, never the commits of a rebase.
      return method === 'rebase'
        ? block(`${source} requires signatures, and GitHub does not sign rebased commits`)
        : [];
    case 'linear-history':
      return method === 'merge' ? block(`${source} takes no merge commits`) : [];
    // A merge queue takes what it refuses a direct merge of.
    case 'queue':
    case 'reviews':
    case 'pull-request':
    case 'checks':
    case 'creation':
    case 'branch-name':
    case 'harmless':
    case 'other':
      return [];
  }
}
