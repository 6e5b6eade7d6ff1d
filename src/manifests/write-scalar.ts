import type { Manifest } from './manifest.ts';
import type { ScalarPlace } from './place.ts';
import { keepsKind } from './scalar-kind.ts';

/** Texts that every YAML parser takes for one plain scalar, in block and flow context. */
const PLAIN = /^(?:~|[A-Za-z0-9_./](?:[A-Za-z0-9_./+@=-]|:(?=[A-Za-z0-9_./+@=-]))*)$/;

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Writes a value as the source text of a scalar, in the style of the scalar that it replaces. Quotes stay
 * what they are. A plain scalar stays plain if the value is safe to write so and keeps its kind: a string
 * must not turn into a number. Otherwise it gets double quotes, or single ones where double quotes would
 * need escapes. The value is one that `checkValue` lets pass, so neither style needs an escaped character
 * but its own.
 */
export function writeScalar(
  format: Manifest['format'],
  current: Pick<ScalarPlace, 'style' | 'text'>,
  value: string,
): string {
  const plain = current.style === 'plain';
  if (format === 'json') {
    return plain && isSameJsonKind(current.text, value) ? value : JSON.stringify(value);
  }
  if (plain && PLAIN.test(value) && keepsKind(current.text, value)) return value;
  const single = current.style === 'single' || (plain && /["\\]/.test(value));
  return single ? `'${value.replaceAll("'", "''")}'` : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function isSameJsonKind(current: string, value: string): boolean {
  if (JSON_NUMBER.test(value)) return JSON_NUMBER.test(current);
  if (value === 'null') return current === 'null';
  return isBoolean(value) && isBoolean(current);
}

function isBoolean(text: string): boolean {
  return text === 'true' || text === 'false';
}
