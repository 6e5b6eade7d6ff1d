import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const unfreeze: CommandSpec<'unfreeze'> = {
  name: 'unfreeze',
  usage: '/unfreeze [REASON]',
  help: 'Lifts the freeze of this repository.',
  example: '/unfreeze',
  needs: 'maintainer',
  place: 'anywhere',
  read(rest) {
    const reason = rest.maybeReason();
    return { name: 'unfreeze', ...(reason !== undefined && { reason }) };
  },
  carryOut,
};
