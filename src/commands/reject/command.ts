import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const reject: CommandSpec<'reject'> = {
  name: 'reject',
  usage: '/reject REASON',
  help: 'Closes this rollback. It is not opened again for the same release.',
  example: '/reject The drop is a holiday, not the model',
  needs: 'member',
  place: 'rollback',
  read: (rest) => ({ name: 'reject', reason: rest.reason() }),
  carryOut,
};
