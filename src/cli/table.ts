import { flatten } from '../texts/escape.ts';

/** A column: its heading, and how many characters of a cell are shown. */
export interface Column {
  readonly heading: string;
  readonly longest: number;
}

/**
 * Lays rows out in columns two spaces apart, with a line of headings. Cells become one line without hidden
 * characters, cut where they are longer than their column may be. Trailing blanks are left out.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map(({ longest }, i) => flatten(row[i] ?? '', longest))),
  ];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i]))));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function widthOf(cell = ''): number {
  return Array.from(cell).length;
}
