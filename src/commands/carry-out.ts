import { refusalSentence } from '../texts/refusal.ts';
import type { Answer, Asking, CarryOut } from './asking.ts';
import type { Command, CommandName } from './command.ts';
import { drill } from './drill/carry-out.ts';
import { tellHelp } from './help/carry-out.ts';
import { tellHistory } from './history/carry-out.ts';
import { isAnswered } from './may-command.ts';
import { permit } from './permit.ts';
import { hold } from './hold/carry-out.ts';
import { unhold } from './unhold/carry-out.ts';
import { freeze } from './freeze/carry-out.ts';
import { unfreeze } from './unfreeze/carry-out.ts';
import { baseline } from './baseline/carry-out.ts';
import { quarantine } from './quarantine/carry-out.ts';
import { reland } from './reland/carry-out.ts';
import { approve } from './approve/carry-out.ts';
import { reject } from './reject/carry-out.ts';
import { rollback } from './rollback/carry-out.ts';
import { retrain } from './retrain/carry-out.ts';
import { retry } from './retry/carry-out.ts';
import { tellPlan } from './plan/carry-out.ts';
import { tellStatus } from './status/carry-out.ts';
import { wasDone } from './was-done.ts';

/** What is done for each command, once it is known that whoever asks may have it. */
const CARRY_OUT: { readonly [Name in CommandName]: CarryOut<Name> } = {
  status: tellStatus,
  history: tellHistory,
  plan: tellPlan,
  rollback,
  approve,
  reject,
  hold,
  unhold,
  freeze,
  unfreeze,
  baseline,
  quarantine,
  reland,
  retrain,
  retry,
  drill,
  help: tellHelp,
};

/** Does what somebody asks for, if they may; what was done for this very command is answered, and not done again. */
export async function carryOut(asking: Asking, command: Command): Promise<Answer> {
  const permitted = await permit(asking, command);
  if (!permitted.may) {
    const { refusal, policy } = permitted;
    const done = refusal === 'rollback-over' ? await wasDone(asking, command) : undefined;
    if (done) return done;
    const text = refusalSentence(refusal, command.name, policy);
    return { outcome: isAnswered(refusal) ? 'refused' : 'unheard', text };
  }
  return doIt(asking, command);
}

/** The same for one whose right to it is known already. */
export function doIt<Name extends CommandName>(
  asking: Asking,
  command: Extract<Command, { readonly name: Name }>,
): Promise<Answer> {
  const carry = CARRY_OUT[command.name] as CarryOut<Name>;
  return carry(asking, command);
}
