import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const baseline: CommandSpec<'baseline'> = {
  name: 'baseline',
  usage: '/baseline TARGET VERSION [REASON]',
  help: 'Designates the newest release of a version as good: a rollback goes there first.',
  example: '/baseline production/fraud-detector 1.9',
  needs: 'owner',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    const version = rest.version();
    const reason = rest.maybeReason();
    return { name: 'baseline', target, version, ...(reason !== undefined && { reason }) };
  },
  carryOut,
};
