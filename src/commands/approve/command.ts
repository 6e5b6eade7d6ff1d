import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const approve: CommandSpec<'approve'> = {
  name: 'approve',
  usage: '/approve',
  help: 'Approves this rollback as it stands now, as an approving review does.',
  example: '/approve',
  needs: 'approver',
  place: 'rollback',
  read(rest) {
    rest.end();
    return { name: 'approve' };
  },
  carryOut,
};
