import type { z } from 'zod';
import { cleanText } from './clean-text.ts';

/** A field of a body that is not what it should be, for the person who wrote the sender. */
export interface FieldProblem {
  /** JSON path of the field, `$.alerts[0].labels.model`, or the name of a header. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

type Key = PropertyKey;

/** Writes a JSON path: `$`, `$.alerts[0]`, `$.labels["a-b"]`. */
export function jsonPath(base: string, keys: readonly Key[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const name = cleanText(String(key), 60);
    return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
  }, base);
}

/** Says what was found, shortened: `nothing`, `null`, `the number 1.1`, `"warn"`, `a list of 3`. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(cleanText(value, 60));
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : 'an object';
}

function valueAt(root: unknown, keys: readonly Key[]): unknown {
  let value = root;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/**
 * Turns the first issue of a failed parse into a problem. Every schema here gives its `error` as the words for what
 * was expected, so that the message of an issue is the expectation.
 */
export function firstProblem(error: z.ZodError, root: unknown, base = '$'): FieldProblem {
  const issue = error.issues[0];
  if (!issue) return { path: base, expected: 'an alert', found: describeFound(root) };
  const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = extra === undefined ? issue.path : [...issue.path, extra];
  return {
    path: jsonPath(base, keys),
    expected: issue.message,
    found: describeFound(valueAt(root, keys)),
  };
}
