import { helpText } from '../../texts/commands.ts';
import type { CarryOut } from '../asking.ts';

export const tellHelp: CarryOut<'help'> = (_, { about }) =>
  Promise.resolve({ outcome: 'told', text: helpText(about) });
