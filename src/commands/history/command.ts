import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const history: CommandSpec<'history'> = {
  name: 'history',
  usage: '/history TARGET',
  help: 'Lists the releases of the target, what ended them, and which one is good.',
  example: '/history production/fraud-detector',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    rest.end();
    return { name: 'history', target };
  },
  carryOut,
};
