import { settleClosed } from '../../rollback/settle-rollback.ts';
import { rejectedSentence } from '../../texts/approve-answers.ts';
import { CLOSED_BY_PERSON } from '../../texts/outcome.ts';
import type { CarryOut } from '../asking.ts';
import { REJECTED_MARK } from './was-rejected.ts';

export const carryOut: CarryOut<'reject'> = async (asking, { reason }) => {
  const { workspace, ports, branch = '', number } = asking;
  await ports.forge.close(workspace.repository, number);
  const rollback = workspace.open.get(branch);
  if (rollback) settleClosed(workspace, ports, rollback);
  const due = { kind: 'outcome', branch, number, status: CLOSED_BY_PERSON, attempts: 1 } as const;
  ports.later(due, ports.clock());
  return { outcome: 'done', text: rejectedSentence(number, reason), mark: REJECTED_MARK };
};
