/** The longest text kept, in characters, by what it is. */
export const TEXT_LIMITS = {
  summary: 500,
  value: 100,
  label: 300,
  name: 200,
  link: 2_000,
} as const;

/** The most labels kept of one alert. */
export const MAX_LABELS = 64;

/**
 * What a sender could use to make a text look like something else: control characters, zero-width ones,
 * and the ones that turn the writing direction.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u00AD\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

/**
 * A text from outside, safe to show in one line: unseen characters become one blank, half surrogate pairs become
 * U+FFFD, and what is longer than `limit` characters is cut with an ellipsis.
 */
export function cleanText(text: string, limit: number): string {
  // Bounds the work on a huge text before anything looks at each character; a code point has at most two units.
  const shown = text
    .slice(0, limit * 4)
    .toWellFormed()
    .replace(UNSEEN, ' ')
    .trim();
  const characters = Array.from(shown);
  if (characters.length <= limit) return shown;
  return `${characters
    .slice(0, limit - 1)
    .join('')
    .trimEnd()}…`;
}

/** Whether a text is fit to be compared as it is: not empty, not too long, without unseen characters or outer blanks. */
export function isPlain(text: string, limit: number): boolean {
  return text !== '' && text.length <= limit && cleanText(text, limit) === text;
}

/** The address as a person may be sent to it; undefined unless it is http or https without a password in it. */
export function safeLink(text: string): string | undefined {
  if (text.length > TEXT_LIMITS.link || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return url.username === '' && url.password === '' ? url.href : undefined;
}
