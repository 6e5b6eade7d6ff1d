import MarkdownIt from 'markdown-it';
import { findHidden } from './find-hidden.ts';

/** A line of a comment that a reader sees as text. */
export interface TextLine {
  /** Its number in the comment, from 1. */
  readonly line: number;
  /** As it was written, without its line end. */
  readonly text: string;
  /** It stands in a quote only because no blank line parts it from the quote. */
  readonly quoted: boolean;
}

/** A comment of GitHub has at most so many bytes; what is longer is not one. */
const LONGEST_COMMENT = 65_536;

/** Blocks only: what is slow on hostile text in every parser is emphasis and links (decisions/0045). */
const blocks = new MarkdownIt({ html: true });
blocks.core.ruler.enableOnly(['normalize', 'block']);

/**
 * The lines of a comment that are plain text to whoever reads it: in a paragraph or a heading, at the top or in a
 * list; not in a quote, a code block, a code span, HTML, a table or a link's address. Line ends of every kind count.
 * The work grows with the length, whatever the text says.
 */
export function findTextLines(body: string): readonly TextLine[] {
  const text = body.slice(0, LONGEST_COMMENT);
  const lines = text.split(/\r\n?|\n/);
  const found: TextLine[] = [];
  let quotes = 0;
  let tables = 0;
  for (const { type, map } of blocks.parse(text, {})) {
    if (type === 'blockquote_open') quotes += 1;
    if (type === 'blockquote_close') quotes -= 1;
    if (type === 'table_open') tables += 1;
    if (type === 'table_close') tables -= 1;
    if (type !== 'inline' || !map || tables > 0) continue;
    const [from, to] = map;
    const own = lines.slice(from, to);
    const hidden = findHidden(own);
    for (const [index, line] of own.entries()) {
      if (hidden.has(index)) continue;
      const lazy = quotes > 0 && !/^[ \t]*>/.test(line);
      if (quotes > 0 && !lazy) continue;
      found.push({ line: from + index + 1, text: line, quoted: lazy });
    }
  }
  return found;
}
