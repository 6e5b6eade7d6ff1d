const LONGEST = 80;
const LISTED = 8;

/** Control and format characters, which could hide or rearrange what a person reads. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Makes text that came from outside fit for a one-line message: shortened, nothing invisible. */
export function plainText(text: string, longest = LONGEST): string {
  const characters = Array.from(text.slice(0, 2 * longest));
  const cut = characters.length > longest || text.length > 2 * longest;
  return characters.slice(0, longest).join('').replace(INVISIBLE, '\uFFFD') + (cut ? '…' : '');
}

/** Quotes text that came from outside for a one-line message. */
export function showText(text: string): string {
  return `\`${plainText(text).replaceAll('`', "'")}\``;
}

/** Lists names for a message, each once: the first few, and how many more there are. */
export function showList(names: readonly string[]): string {
  const each = [...new Set(names)];
  const shown = each.slice(0, LISTED).map(showText).join(', ');
  const rest = each.length - LISTED;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
