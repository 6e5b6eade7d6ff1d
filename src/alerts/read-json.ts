import { isUtf8 } from 'node:buffer';
import type { FieldProblem } from './field-problem.ts';
import { cleanText } from './clean-text.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: FieldProblem };

const BYTE_ORDER_MARK = '\ufeff';

/** Reads bytes as JSON in UTF-8. The answer to a mistake says where it is and quotes at most a few characters. */
export function readJson(body: Uint8Array, path = '$'): JsonReading {
  const refuse = (expected: string, found: string): JsonReading => ({
    ok: false,
    problem: { path, expected, found },
  });
  if (body.byteLength === 0) return refuse('JSON', 'an empty body');
  // Several times as fast as a decoder that refuses what is not UTF-8.
  if (!isUtf8(body)) return refuse('JSON in UTF-8', 'bytes that are not UTF-8');
  const decoded = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const text = decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded;
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse('JSON', `text that does not parse: ${cleanText(why, 120)}`);
  }
}
