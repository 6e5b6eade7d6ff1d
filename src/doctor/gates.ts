import { count, listOf } from '../texts/names.ts';
import type { BranchFacts, BranchRule, RulesetRule } from './facts.ts';

/** Whether the App passes a set of rules by. */
export type Bypassed = 'yes' | 'no' | 'unknown';

/** One rule that stands between a rollback and its branch, and whether it holds for the App. */
export interface Gate {
  /** The set of rules it belongs to, as people name it. */
  readonly source: string;
  readonly rule: BranchRule;
  readonly bypassed: Bypassed;
}

/** What the App does with the branch. A bypass for pull requests counts for merging only. */
type Act = 'merge' | 'push';

/**
 * Every rule for the branch that rollbacks are merged to. Bypass is decided per ruleset (GitHub reality 9), and
 * nothing of classic protection is bypassed but reviews, where the App is named for that.
 */
export function gatesToMerge(branch: BranchFacts): readonly Gate[] {
  const rulesets = branch.rules.ok ? rulesetGates(branch, branch.rules.value, 'merge') : [];
  return [...rulesets, ...classicGates(branch)];
}

/** Every rule for the branches that rollbacks come from. */
export function gatesToPush(branch: BranchFacts): readonly Gate[] {
  return branch.rollbackRules.ok ? rulesetGates(branch, branch.rollbackRules.value, 'push') : [];
}

function rulesetGates(
  branch: BranchFacts,
  rules: readonly RulesetRule[],
  act: Act,
): readonly Gate[] {
  return rules.map(({ ruleset, rule }) => ({
    source: rulesetName(branch, ruleset),
    rule,
    bypassed: bypassOf(branch, ruleset, act),
  }));
}

/** A ruleset as people name it. */
export function rulesetName(branch: BranchFacts, id: number): string {
  const found = branch.rulesets.get(id);
  return found?.ok === true ? `the ruleset "${found.value.name}"` : `the ruleset ${id}`;
}

function bypassOf(branch: BranchFacts, ruleset: number, act: Act): Bypassed {
  const found = branch.rulesets.get(ruleset);
  if (found?.ok !== true || !found.value.bypass.ok) return 'unknown';
  switch (found.value.bypass.value) {
    case 'always':
      return 'yes';
    case 'pull-request':
      return act === 'merge' ? 'yes' : 'no';
    case 'never':
      return 'no';
  }
}

function classicGates({ classic }: BranchFacts): readonly Gate[] {
  if (!classic.ok || classic.value.kind === 'none') return [];
  const reviewsBypassed = classic.value.kind === 'whole' && classic.value.reviewsBypassed;
  return classic.value.rules.map((rule) => ({
    source: 'the classic protection',
    rule,
    bypassed: rule.kind === 'reviews' && reviewsBypassed ? 'yes' : 'no',
  }));
}

/** Whether classic protection may hold more than could be read. */
export function isClassicUnsure({ classic }: BranchFacts): boolean {
  return !classic.ok || classic.value.kind === 'part';
}

/** The gates of one kind of rule. */
export function gatesOf<K extends BranchRule['kind']>(
  gates: readonly Gate[],
  kind: K,
): readonly (Gate & { readonly rule: Extract<BranchRule, { readonly kind: K }> })[] {
  return gates.filter(
    (gate): gate is Gate & { readonly rule: Extract<BranchRule, { readonly kind: K }> } =>
      gate.rule.kind === kind,
  );
}

/** The gates that ask for reviews of people. */
export function reviewGates(gates: readonly Gate[]) {
  return gatesOf(gates, 'reviews').filter(({ rule }) => rule.count > 0 || rule.codeOwners);
}

/** The rule sets of gates, each named once: `the ruleset "main" and the classic protection`. */
export function sourcesOf(gates: readonly Gate[]): string {
  return listOf([...new Set(gates.map(({ source }) => source))]);
}

/** What review gates ask for: `the ruleset "main" asks for 2 approvals`. */
export function reviewsAsked(gates: ReturnType<typeof reviewGates>): string {
  return listOf(
    gates.map(({ source, rule }) => {
      const people = rule.count > 0 ? count(rule.count, 'approval') : 'an approval';
      return `${source} asks for ${people}${rule.codeOwners ? ' of code owners' : ''}`;
    }),
  );
}

/** A sentence's first letter, made a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
