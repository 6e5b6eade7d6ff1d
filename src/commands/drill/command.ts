import type { CommandSpec } from '../spec.ts';

export const drill: CommandSpec<'drill'> = {
  name: 'drill',
  usage: '/drill TARGET',
  help: 'Rehearses a rollback of the target. Not yet: it comes with drills.',
  example: '/drill production/fraud-detector',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    rest.end();
    return { name: 'drill', target };
  },
};
