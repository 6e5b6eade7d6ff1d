import type { Edit, Plan } from '../rollback/plan.ts';
import { targetKey } from '../target.ts';
import { flatten, inCommit } from './escape.ts';

/** What git and GitHub show of a headline without cutting it. */
const LONGEST = 72;

/**
 * What a rollback does, in at most 72 characters: `Roll back production/fraud-detector: 1.10 → 1.9`. Long versions
 * are shortened, then left out.
 */
export function headline(plan: Plan): string {
  const start = `Roll back ${targetKey(plan.target)}`;
  const edit = leadingEdit(plan.edits);
  if (!edit) return inCommit(start, LONGEST);
  const to = plan.goal.kind === 'fallback' ? 'fallback ' : '';
  const name = edit.pin === 'model' ? '' : `${edit.pin} `;
  const candidates = [LONGEST, 20, 12].map((longest) => {
    const [from, goal] = [inCommit(edit.from, longest), inCommit(edit.to, longest)];
    return `${start}: ${name}${from} → ${to}${goal}`;
  });
  const fitting = [...candidates, start].find((line) => Array.from(line).length <= LONGEST);
  return fitting ?? flatten(start, LONGEST);
}

/** The change that a rollback is named after: the model's, where it changes. */
function leadingEdit(edits: readonly Edit[]): Edit | undefined {
  return (
    edits.find(({ component }) => component === 'model') ??
    edits.find(({ component }) => component === 'image') ??
    edits[0]
  );
}
