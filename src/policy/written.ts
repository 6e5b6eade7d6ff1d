import { z } from 'zod';

/** What reading a text came to: a value, or why it is none, as the end of a sentence that began with the text. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string; readonly suggestion?: string };

/** What an editor shows and checks of a value, beside its description. */
export interface EditorHints {
  /** JSON Schema's type when it is not text for an editor: `1` is a number there. */
  readonly type?:
    | 'integer'
    | 'boolean'
    | readonly ['string', 'number', 'boolean']
    | readonly ['string', 'number'];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly (string | number)[];
}

/**
 * A value that a person writes as text: `read` gives its meaning. `expected` completes "expected …" for the
 * person who wrote something else. Issues carry it as their message, and why and suggestion as parameters.
 */
export function written<T>(
  expected: string,
  hints: EditorHints,
  read: (text: string) => Reading<T>,
) {
  return z
    .string({ error: expected })
    .meta({ ...hints })
    .transform((text, context): T => {
      const reading = read(text);
      if (reading.ok) return reading.value;
      const { why, suggestion } = reading;
      context.addIssue({ code: 'custom', message: expected, params: { why, suggestion } });
      return z.NEVER;
    });
}
