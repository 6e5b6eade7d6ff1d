import type { TargetPolicy } from '../policy/policy.ts';
import { bringsBack } from '../releases/suspects.ts';
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

/**
 * What somebody means who names a version that is quarantined, of `suspects`, newest first: that of the model, else
 * whatever has it, such as an image beside a model or a feature snapshot. Undefined when none of them is quarantined.
 */
export function quarantinedAs(
  policy: Pick<TargetPolicy, 'pins'>,
  version: string,
  suspects: readonly Versions[],
): Versions | undefined {
  const model = suspectOf(policy, version);
  if (model && suspects.some((suspect) => bringsBack(model, suspect))) return model;
  return suspects.find((suspect) => Object.values(suspect).includes(version));
}
