const TRAILER = /^[A-Za-z0-9][A-Za-z0-9-]*:(?:[ \t]|$)/;

/**
 * The lines of the last paragraph of a commit message that has the trailer of a key, with nothing but other trailers
 * and GitHub's separator after it, which a squash appends (`Co-authored-by`). Undefined when there is none.
 */
export function lastTrailers(message: string, key: string): readonly string[] | undefined {
  const paragraphs = message
    .replaceAll('\r\n', '\n')
    .trim()
    .split(/\n[ \t]*(?:\n[ \t]*)+/);
  for (const paragraph of paragraphs.toReversed()) {
    const lines = paragraph.split('\n');
    if (/^-{3,}$/.test(paragraph.trim())) continue;
    if (!lines.every((line) => TRAILER.test(line))) return undefined;
    if (lines.some((line) => line.startsWith(`${key}:`))) return lines;
  }
  return undefined;
}
