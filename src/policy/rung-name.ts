import { COMPONENTS } from '../manifests/pin.ts';
import type { Rung } from './policy.ts';

/** A rung in a word: `release`, `fallback`, or its components in their usual order, as `model+features`. */
export function rungName(rung: Rung): string {
  return typeof rung === 'string'
    ? rung
    : COMPONENTS.filter((component) => rung.includes(component)).join('+');
}

/** The inverse of {@link rungName}; undefined for what names no rung. */
export function rungOf(name: string): Rung | undefined {
  if (name === 'release' || name === 'fallback') return name;
  const components = COMPONENTS.filter((component) => name.split('+').includes(component));
  return components.length > 0 && rungName(components) === name ? components : undefined;
}
