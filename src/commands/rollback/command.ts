import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const rollback: CommandSpec<'rollback'> = {
  name: 'rollback',
  usage: '/rollback TARGET [--to VERSION] --reason "REASON" [--now]',
  help: 'Opens a rollback to the last good release, or to a version. With --now it merges without waiting, for those who may break the glass.',
  example: '/rollback production/fraud-detector --to 1.9 --reason "Scores drift since noon"',
  needs: 'member',
  place: 'anywhere',
  read(rest) {
    const { target, given } = rest.options({ to: 'version', reason: 'reason', now: 'switch' });
    return {
      name: 'rollback',
      target,
      ...(given.to !== undefined && { to: given.to }),
      reason: given.reason ?? rest.reason(),
      now: given.now !== undefined,
    };
  },
  carryOut,
};
