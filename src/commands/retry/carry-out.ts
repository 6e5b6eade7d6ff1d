import { afterState } from '../../rollback/after-state.ts';
import { recallLeftOut } from '../../rollback/recall-rollbacks.ts';
import { reopenGivenUp } from '../../rollback/reopen-given-up.ts';
import { bringUpToDate } from '../../rollback/up-to-date.ts';
import { targetKey } from '../../target.ts';
import { retriedSentence } from '../../texts/approve-answers.ts';
import type { CarryOut } from '../asking.ts';
import { targetOf } from '../permit.ts';

export const carryOut: CarryOut<'retry'> = async (asking, command) => {
  const { workspace, ports } = asking;
  const target = targetOf(asking, command);
  workspace.manifests.expectOwn();
  await bringUpToDate(workspace, ports);
  await recallLeftOut(workspace, ports);
  if (target) await reopenGivenUp(workspace, ports, target);
  await afterState(workspace, ports, target);
  const open = [...workspace.open.values()].filter(
    ({ plan }) => !target || targetKey(plan.target) === targetKey(target),
  );
  return { outcome: 'done', text: retriedSentence(open) };
};
