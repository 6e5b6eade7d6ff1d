import type { TargetPolicy } from '../policy/policy.ts';
import type { Versions } from '../releases/versions.ts';

/** A version of the model as something to suspect; of the image where the target pins no model. */
export function suspectOf(
  { pins }: Pick<TargetPolicy, 'pins'>,
  version: string,
): Versions | undefined {
  const of = (component: string) => pins.find((pin) => pin.component === component);
  const pin = of('model') ?? of('image');
  return pin && { [pin.id]: version };
}
