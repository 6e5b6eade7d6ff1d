/**
 * The cells of a line of comma-separated values. A cell in quotes may have commas and doubled quotes in it (RFC 4180),
 * but no line end: a recording needs none. Undefined where a quote is not closed.
 */
export function splitRow(line: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let more = true; more;) {
    const found = cell.exec(line);
    if (!found) return undefined;
    const [, quoted, plain = '', comma] = found;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    more = comma === ',';
  }
  return cells;
}
