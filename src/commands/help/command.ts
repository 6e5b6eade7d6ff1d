import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const help: CommandSpec<'help'> = {
  name: 'help',
  usage: '/help [COMMAND]',
  help: 'Says what can be asked for here, and who may.',
  example: '/help hold',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const about = rest.commandName();
    return { name: 'help', ...(about && { about }) };
  },
  carryOut,
};
