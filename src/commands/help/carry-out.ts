import { helpText } from '../../texts/commands.ts';
import type { CarryOut } from '../asking.ts';

export const carryOut: CarryOut<'help'> = ({ rules }, { about }) =>
  Promise.resolve({ outcome: 'told', text: helpText(rules, about) });
