import { targetKey } from '../../target.ts';
import { inCode } from '../../texts/escape.ts';
import type { CarryOut } from '../asking.ts';

export const tellDrill: CarryOut<'drill'> = (_, { target }) => {
  const plan = inCode(`/plan ${targetKey(target)}`);
  const text = `Not yet: drills do not exist. ${plan} shows what a rollback would change now.`;
  return Promise.resolve({ outcome: 'told', text });
};
