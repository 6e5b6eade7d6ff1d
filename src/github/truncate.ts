/** GitHub's limits on texts, in UTF-16 units to be on the safe side of its "characters" (GitHub reality 25). */
export const BODY_LIMIT = 65_536;
export const TITLE_LIMIT = 256;
/** Of the texts of a check, one less than of a comment. */
export const CHECK_TEXT_LIMIT = 65_535;

/** Room kept for the end of a fence; a longer one is not taken for a fence. */
const LONGEST_FENCE = 32;

/** Cuts before `at`, never between the two halves of a code point. */
function cut(text: string, at: number): string {
  const code = text.charCodeAt(at - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? at - 1 : at);
}

/** Shortens a title, with an ellipsis as the mark. */
export function truncateTitle(text: string, limit = TITLE_LIMIT): string {
  return text.length <= limit ? text : `${cut(text, limit - 1)}…`;
}

/**
 * Shortens a Markdown text and says so at its end. A fence left open by the cut is closed and a comment left open
 * is dropped, because either would swallow the mark.
 */
export function truncateBody(text: string, limit = BODY_LIMIT): string {
  if (text.length <= limit) return text;
  const mark = `\n\n**… shortened: the text is ${text.length} characters long, GitHub takes ${limit}.**`;
  let kept = cut(text, limit - mark.length - LONGEST_FENCE - 1);
  const comment = kept.lastIndexOf('<!--');
  if (comment >= 0 && !kept.includes('-->', comment)) kept = kept.slice(0, comment);
  const open = openFence(kept);
  return `${kept}${open === undefined ? '' : `\n${open}`}${mark}`;
}

/** The fence that the text leaves open, as it has to be written to close it. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [, fence = ''] of text.matchAll(/^ {0,3}(`{3,32}|~{3,32})/gm)) {
    if (open === undefined) open = fence;
    else if (fence[0] === open[0] && fence.length >= open.length) open = undefined;
  }
  return open;
}
