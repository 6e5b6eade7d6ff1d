import { findName } from '../find-name.ts';
import type { CommandSpec } from '../spec.ts';

export const help: CommandSpec<'help'> = {
  name: 'help',
  usage: '/help [COMMAND]',
  help: 'Says what can be asked for here, and who may.',
  example: '/help hold',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const about = findName(rest.word() ?? '');
    return { name: 'help', ...(about && { about }) };
  },
};
