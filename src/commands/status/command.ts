import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const status: CommandSpec<'status'> = {
  name: 'status',
  usage: '/status [TARGET]',
  help: 'Says what runs, what waits and why, for a target or for the whole repository.',
  example: '/status production/fraud-detector',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const target = rest.maybeTarget();
    rest.end();
    return { name: 'status', ...(target && { target }) };
  },
  carryOut,
};
