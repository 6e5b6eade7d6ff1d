import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const drill: CommandSpec<'drill'> = {
  name: 'drill',
  usage: '/drill TARGET',
  help: 'Rehearses a rollback of the target, and tells whether one would work now. Nothing merges but in an environment that the policy names for drills.',
  example: '/drill production/fraud-detector',
  needs: 'member',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    rest.end();
    return { name: 'drill', target };
  },
  carryOut,
};
