import { refusalSentence } from '../texts/refusal.ts';
import type { Answer, Asking } from './asking.ts';
import type { Command, CommandName } from './command.ts';
import { isAnswered } from './may-command.ts';
import { permit } from './permit.ts';
import { COMMANDS } from './registry.ts';
import { wasDone } from './was-done.ts';

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
  return COMMANDS[command.name].carryOut(asking, command);
}
