import { flatten } from '../texts/escape.ts';

/** A text from anywhere as one line of XML or HTML text, or within quotes: nothing in it is markup. */
export function escapeXml(text: string, longest?: number): string {
  return flatten(text, longest)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
