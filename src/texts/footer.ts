import type { Plan } from '../rollback/plan.ts';
import { targetKey } from '../target.ts';

/**
 * The last line of a rollback pull request's text, for machines: which incident it is about and which goal it has.
 * A hidden comment with JSON in it. The commit's trailers say more, and people cannot edit those.
 */
export function footer(plan: Plan): string {
  const facts = {
    version: 1,
    target: targetKey(plan.target),
    bad: plan.bad.commit,
    goal: plan.goal.kind === 'release' ? plan.goal.commit : null,
    base: plan.base,
  };
  // Two hyphens in a row may end a comment, and a target's name can have them.
  return `<!-- lastgood ${JSON.stringify(facts).replaceAll('--', String.raw`\u002d\u002d`)} -->`;
}
