/** Where an offset of a text is, for people: line and column, 1-based, the column in UTF-16 units. */
export function textPosition(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const next = text.indexOf('\n', lineStart);
    if (next < 0 || next >= offset) return { line, column: offset - lineStart + 1 };
    line++;
    lineStart = next + 1;
  }
}
