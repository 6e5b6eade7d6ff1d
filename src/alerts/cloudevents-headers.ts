import type { IncomingHttpHeaders } from 'node:http';
import { describeFound, type FieldProblem } from './field-problem.ts';

const PREFIX = 'ce-';

/** Undoes a quoted string of HTTP (RFC 7230, 3.2.6), as older senders write attribute values. */
function unquote(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1];
  return quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
}

/**
 * Decodes the value of a `ce-*` header (CloudEvents HTTP binding 1.0.2, 3.1.3.2): quoted strings first, then one
 * round of percent-decoding. Undefined for what is not UTF-8 after that; a `%` that starts no byte stays as it is.
 */
export function decodeHeaderValue(value: string): string | undefined {
  const escaped = unquote(value.trim()).replace(/%(?![0-9A-Fa-f]{2})/g, '%25');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}

/** Whether a request carries a CloudEvent in binary mode, as far as its headers say. */
export function hasEventHeaders(headers: IncomingHttpHeaders): boolean {
  return ['ce-specversion', 'ce-type', 'ce-source', 'ce-id'].some((name) => name in headers);
}

export type AttributesReading =
  | { readonly ok: true; readonly attributes: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: FieldProblem };

/** The attributes of an event in binary mode, by name. */
export function readAttributes(headers: IncomingHttpHeaders): AttributesReading {
  const attributes: [string, string][] = [];
  for (const [name, header] of Object.entries(headers)) {
    if (!name.startsWith(PREFIX) || header === undefined) continue;
    const written = Array.isArray(header) ? header.join(', ') : header;
    const value = decodeHeaderValue(written);
    if (value === undefined) {
      const expected = 'UTF-8, percent-encoded';
      return { ok: false, problem: { path: name, expected, found: describeFound(written) } };
    }
    attributes.push([name.slice(PREFIX.length), value]);
  }
  return { ok: true, attributes: Object.fromEntries(attributes) };
}
