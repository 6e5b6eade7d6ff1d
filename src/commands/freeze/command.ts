import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const freeze: CommandSpec<'freeze'> = {
  name: 'freeze',
  usage: '/freeze [for 2h] REASON',
  help: 'Lastgood does nothing by itself in this repository until it is lifted or its time is up. What people approve still merges.',
  example: '/freeze for 2h Migrating the feature store',
  needs: 'writer',
  place: 'anywhere',
  read(rest) {
    const wait = rest.maybeFor();
    return { name: 'freeze', ...(wait !== undefined && { for: wait }), reason: rest.reason() };
  },
  carryOut,
};
