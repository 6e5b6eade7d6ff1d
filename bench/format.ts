/** A number with so many digits as it deserves: `0.42`, `4.2`, `42`, `4,200`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  const digits = size < 1 ? 2 : size < 10 ? 1 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** How many times larger `of` is than `than`: `4.2×`. */
export function formatRatio(of: number, than: number): string {
  return than === 0 ? '–' : `${formatNumber(of / than)}×`;
}

/**
 * A table in Markdown with columns of equal width. Numbers stand to the right, as {@link formatNumber} writes them;
 * a missing value is a dash.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  const isNumber = head.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const cells = rows.map((row) => head.map((_, i) => cell(row[i])));
  const widths = head.map((title, i) =>
    Math.max(3, title.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const padded = row.map((text, i) =>
      isNumber[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, i) =>
    isNumber[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...cells.map(line)].join('\n');
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? formatNumber(value) : value;
}
