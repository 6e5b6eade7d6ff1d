import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const plan: CommandSpec<'plan'> = {
  name: 'plan',
  usage: '/plan TARGET',
  help: 'Shows what a rollback of the target would change now, without opening one.',
  example: '/plan production/fraud-detector',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    rest.end();
    return { name: 'plan', target };
  },
  carryOut,
};
