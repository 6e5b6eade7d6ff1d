import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const retrain: CommandSpec<'retrain'> = {
  name: 'retrain',
  usage: '/retrain TARGET REASON',
  help: 'Starts the emergency retrain that the policy names, with the data of the last good release. What runs stays as it is.',
  example: '/retrain fraud-detector No earlier release holds any more',
  needs: 'member',
  place: 'anywhere',
  read(rest) {
    return { name: 'retrain', target: rest.target(), reason: rest.reason() };
  },
  carryOut,
};
