import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const unhold: CommandSpec<'unhold'> = {
  name: 'unhold',
  usage: '/unhold [TARGET] [REASON]',
  help: 'Lifts the hold of the target.',
  example: '/unhold production/fraud-detector',
  needs: 'member',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    const reason = rest.maybeReason();
    return { name: 'unhold', target, ...(reason !== undefined && { reason }) };
  },
  carryOut,
};
