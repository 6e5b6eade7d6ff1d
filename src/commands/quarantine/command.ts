import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const quarantine: CommandSpec<'quarantine'> = {
  name: 'quarantine',
  usage: '/quarantine TARGET VERSION REASON',
  help: 'A version must not come back: pull requests that bring it fail, and no rollback goes to it.',
  example: '/quarantine production/fraud-detector 1.10 Leaks labels into the features',
  needs: 'member',
  place: 'anywhere',
  read: (rest) => ({
    name: 'quarantine',
    target: rest.target(),
    version: rest.version(),
    reason: rest.reason(),
  }),
  carryOut,
};
