import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const retry: CommandSpec<'retry'> = {
  name: 'retry',
  usage: '/retry [TARGET]',
  help: 'Tries again what failed or waits, without waiting for the next event.',
  example: '/retry',
  needs: 'member',
  place: 'anywhere',
  read(rest) {
    const target = rest.maybeTarget();
    rest.end();
    return { name: 'retry', ...(target && { target }) };
  },
  carryOut,
};
