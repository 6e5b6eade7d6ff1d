import type { IncomingHttpHeaders } from 'node:http';
import { encodingNotSupported, typeNotSupported } from '../texts/alerts.ts';
import { isJson, parseMediaType } from './media-type.ts';

export type MediaTypeReading =
  { readonly ok: true; readonly type: string } | { readonly ok: false; readonly error: string };

/** The media type of a body, if it is JSON in UTF-8 and not compressed; else the sentence on why it is not read. */
export function readMediaType(
  headers: IncomingHttpHeaders,
  expected: readonly string[],
): MediaTypeReading {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return { ok: false, error: encodingNotSupported(encoding) };
  }
  const header = headers['content-type'];
  const refused = { ok: false, error: typeNotSupported(header, expected) } as const;
  if (header === undefined) return refused;
  const { type, charset } = parseMediaType(header);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') return refused;
  return isJson(type) ? { ok: true, type } : refused;
}
