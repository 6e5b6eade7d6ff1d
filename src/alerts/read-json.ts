import type { FieldProblem } from './field-problem.ts';
import { cleanText } from './clean-text.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: FieldProblem };

/** Keeps nothing from one text to the next, as long as each is decoded whole. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Reads bytes as JSON in UTF-8. The answer to a mistake says where it is and quotes at most a few characters. */
export function readJson(body: Uint8Array, path = '$'): JsonReading {
  const refuse = (expected: string, found: string): JsonReading => ({
    ok: false,
    problem: { path, expected, found },
  });
  if (body.byteLength === 0) return refuse('JSON', 'an empty body');
  let text: string;
  try {
    text = UTF_8.decode(body);
  } catch {
    return refuse('JSON in UTF-8', 'bytes that are not UTF-8');
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse('JSON', `text that does not parse: ${cleanText(why, 120)}`);
  }
}
