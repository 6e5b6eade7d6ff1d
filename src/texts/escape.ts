/**
 * Everything that comes from outside passes through here before it stands in a text that GitHub or a terminal shows:
 * what alerts say, versions, file names, commit subjects, people's names, GitHub's own messages.
 *
 * What must hold: a text from outside stays one line, cannot format, link, embed or hide anything, calls nobody
 * (`@team`), refers to and closes nothing (`Fixes #1`), and is no command for any bot that reads raw text (`/merge`
 * at the start of a line, GitHub reality 27). Its own characters stay readable and can be copied from code.
 */

/** Control and format characters (bidi overrides, zero-width ones), halves of pairs, unassigned and blank letters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** Breaks what GitHub acts upon, and is not seen. */
const BREAK = '\u200b';

/** Makes one readable line of any text: nothing hidden, blanks single, at most so many characters. */
export function flatten(text: string, longest = 200): string {
  // A text is cut before it is worked on, so that a huge one costs nothing.
  const line = text
    .slice(0, 8 * longest)
    .replace(/\s/g, ' ')
    .replace(HIDDEN, '')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/ +/g, ' ')
    .trim();
  const characters = Array.from(line);
  const cut = characters.length > longest || text.length > 8 * longest;
  return cut
    ? `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`
    : line;
}

/**
 * As a Markdown code span: what people compare or copy, such as versions, paths and subjects. GitHub looks for no
 * mention, reference, link or format in code.
 */
export function inCode(text: string, longest?: number): string {
  const line = flatten(text, longest) || '(empty)';
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return fence + pad + line + pad + fence;
}

/** As a code span in a table, where a pipe would end the cell even within code; it becomes a broken bar. */
export function inCell(text: string, longest?: number): string {
  return inCode(text.replaceAll('|', '¦'), longest);
}

/** As words in Markdown: what people read, such as summaries and names. */
export function inProse(text: string, longest?: number): string {
  return asProse(flatten(text, longest) || '(empty)');
}

/**
 * A sentence of our own in Markdown that quotes words from outside, some of them in code: what stands between two
 * backticks stays code, whoever wrote them, and all else is words.
 */
export function inSentence(text: string, longest?: number): string {
  const parts = flatten(text, longest).split('`');
  // A backtick without a second one is a character like any other.
  const last = parts.length % 2 === 0 ? `\`${parts.pop() ?? ''}` : '';
  const shown = parts.map((part, i) => {
    if (part === '') return '';
    return i % 2 === 1 ? inCode(part, part.length) : asProse(part);
  });
  return shown.join('') + asProse(last);
}

/** The words again that a sentence in Markdown was made of, code among them, as plain text on one line. */
export function plainWords(markdown: string, longest?: number): string {
  const words = markdown.replace(
    /(`+)( ?)(.+?)\2\1(?!`)|[^`]+|`+/g,
    (part, _fence, _pad, code?: string) => code ?? withoutEscapes(part),
  );
  return flatten(words, longest);
}

function withoutEscapes(prose: string): string {
  return prose
    .replace(/\\([-+=.)\\*_[\]{}~|$#!])/g, '$1')
    .replaceAll('&#8203;', '')
    .replaceAll('&#96;', '`')
    .replaceAll('&#47;', '/')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function asProse(line: string): string {
  return broken(line)
    .replace(/@(?!\u200b)/g, `@${BREAK}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\*_[\]{}~|$#!]/g, String.raw`\$&`)
    .replaceAll('`', '&#96;')
    .replace(/^[-+=]/, String.raw`\$&`)
    .replace(/^(\d+)([.)])(?=\s|$)/, String.raw`$1\$2`)
    .replace(/^\//, '&#47;')
    .replaceAll(BREAK, '&#8203;');
}

/** As words in a commit message, where there is no Markdown, and mentions and closing words work all the same. */
export function inCommit(text: string, longest?: number): string {
  return broken(flatten(text, longest) || '(empty)');
}

/** A link with a label of our own; undefined when the address is not plain http(s). */
export function linkTo(label: string, address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || address.length > 2_000)
    return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  const target = url.href.replace(/[()<>[\]\\`*_~|@'"]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  // A link to an issue would leave a trace there, and could close it.
  if (/\/(?:issues|pull|discussions)\/\d/i.test(url.pathname)) return inCode(target, 300);
  return `[${label}](${target})`;
}

/**
 * The same for an address that somebody outside gave: the label is ours, so what it leads to is said beside it. Whoever
 * reads on a phone does not see the address of a link.
 */
export function linkOutside(label: string, address: string): string | undefined {
  const link = linkTo(label, address);
  return link?.startsWith('[') === true ? `${link} (${inCode(new URL(address).host)})` : link;
}

/**
 * Puts a break into mentions, references to issues, addresses and their schemes. An `@` within a word is none: an
 * image's `1.9@sha256:…` stays as it is.
 */
function broken(line: string): string {
  return line
    .replace(/(?<![A-Za-z0-9_])@/g, `@${BREAK}`)
    .replace(/#(?=\d)/g, `#${BREAK}`)
    .replace(/\bGH-(?=\d)/gi, `$&${BREAK}`)
    .replace(/:(?=\/\/)/g, `:${BREAK}`)
    .replace(/www(?=\.)/gi, `$&${BREAK}`);
}
