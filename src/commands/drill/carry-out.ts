import { beginDrill, drillsOf } from '../../drill/begin-drill.ts';
import { groundOf } from '../../drill/ground.ts';
import { whyNotNow } from '../../drill/plan-drill.ts';
import { bringUpToDate, policyOf } from '../../rollback/up-to-date.ts';
import { targetKey } from '../../target.ts';
import { drillBegunSentence, notNowSentence } from '../../texts/drill.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';

export const carryOut: CarryOut<'drill'> = async (asking, { target }) => {
  const { workspace, ports, by, said, number } = asking;
  await bringUpToDate(workspace, ports);
  if (!policyOf(workspace, target)) {
    return { outcome: 'refused', text: noPolicySentence(workspace.policies.set, target) };
  }
  const key = targetKey(target);
  const { run, past } = drillsOf(workspace, ports, key);
  const begun = { outcome: 'done', text: drillBegunSentence(target, number > 0) } as const;
  // It was begun in the turn before, or the process died before it was answered.
  if ([run, ...past].some((one) => one?.by?.said === said)) return begun;
  const reason = whyNotNow(groundOf(workspace, ports, target));
  if (reason) return { outcome: 'refused', text: notNowSentence(reason, target) };
  const { login, id } = by;
  beginDrill(workspace, ports, key, { login, id, said, ...(number > 0 && { number }) });
  return { ...begun, answerLater: true };
};
