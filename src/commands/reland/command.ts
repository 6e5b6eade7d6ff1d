import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const reland: CommandSpec<'reland'> = {
  name: 'reland',
  usage: '/reland TARGET VERSION REASON',
  help: 'Lets a quarantined version come back, for one release.',
  example: '/reland production/fraud-detector 1.10 Fixed the feature store, the model was fine',
  needs: 'owner',
  place: 'anywhere',
  read: (rest) => ({
    name: 'reland',
    target: rest.target(),
    version: rest.version(),
    reason: rest.reason(),
  }),
  carryOut,
};
