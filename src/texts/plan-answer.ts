import type { LastGood } from '../releases/last-good.ts';
import type { Plan } from '../rollback/plan.ts';
import { targetKey, type Target } from '../target.ts';
import { inCode, inProse } from './escape.ts';
import { shortCommit, versionName } from './names.ts';
import { passedOverSentence } from './passed-over.ts';
import { changesTable } from './pull-request.ts';

/** What a rollback of a target would do now. Markdown. */
export function planText(plan: Plan, { selection, runningIsRollback }: LastGood): string {
  const { bad, goal, target } = plan;
  const say = (version: string) => inCode(version, 80);
  const where =
    goal.kind === 'release'
      ? `${versionName(goal.versions, say)} of ${shortCommit(goal.commit)}`
      : `the fallback of the policy, ${versionName(goal.versions, say)}`;
  const over = selection.passedOver
    .slice(0, 5)
    .map((one) => `- ${shortCommit(one.release.commit)}: ${inProse(passedOverSentence(one), 250)}`);
  return [
    `A rollback of ${inCode(targetKey(target))} would go from ${versionName(bad.versions, say)} of ${shortCommit(bad.commit)} to ${where}. ${BECAUSE[selection.kind === 'release' ? selection.how : 'fallback']} Nothing was opened.`,
    ...(runningIsRollback
      ? ['What runs came by a rollback itself; Lastgood never undoes one by itself.']
      : []),
    changesTable(plan),
    ...(over.length > 0 ? [`Passed over:\n\n${over.join('\n')}`] : []),
  ].join('\n\n');
}

const BECAUSE = {
  requested: 'It is the version that was asked for.',
  baseline: 'It is the designated baseline.',
  'newest-good': 'It is the newest earlier release that is good by the policy.',
  fallback: 'No earlier release is good.',
};

/** Why nothing can be rolled back to. Markdown. */
export function noPlanText(target: Target, why: string): string {
  return `${inCode(targetKey(target))} cannot be rolled back now. ${inProse(why, 600)}`;
}
