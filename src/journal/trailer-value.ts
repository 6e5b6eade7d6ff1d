/**
 * What does not stand as it is: all but letters, digits, punctuation and symbols of any script and single blanks
 * within the text; `%`, the mark of the encoding; and what GitHub acts upon in a commit message, which are mentions
 * (`@team`), issue references (`#1`, `GH-1`) and addresses of issues.
 */
const ENCODED =
  /[^\p{L}\p{N}\p{P}\p{S} ]|^ | $|(?<= ) |[%#]|(?<![a-z0-9_])@|(?<=gh)-(?=\d)|(?<=https?):(?=\/\/)/giu;

/**
 * Writes any text as one trailer value, encoded as in a URL: `%XX` for each byte of a character's UTF-8 form. So a
 * value can neither end its line nor begin another trailer nor call anybody, whoever wrote it. Half a surrogate pair,
 * which UTF-8 cannot express, becomes U+FFFD.
 */
export function encodeValue(text: string): string {
  return text.toWellFormed().replace(ENCODED, percent);
}

/** The inverse of {@link encodeValue}; undefined for a text that is not encoded so. */
export function decodeValue(text: string): string | undefined {
  if (/%(?![0-9A-F]{2})/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function percent(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
