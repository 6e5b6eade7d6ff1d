/** A series as Prometheus writes it: `name`, or `name{label="value",…}`. */
export interface NamedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const LABELS = /\{(?:\s*[A-Za-z_]\w*\s*=\s*"(?:[^"\\]|\\.)*"\s*(?:,|(?=\})))*\s*\}/y;
const LABEL = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/**
 * Reads a name with its labels from the beginning of a text, and says where it ended; undefined where there is none. The
 * name goes up to the first brace or blank, or, with `blanks`, up to the first brace.
 */
export function readSeriesName(
  text: string,
  { blanks }: { readonly blanks: boolean },
): { readonly series: NamedSeries; readonly end: number } | undefined {
  const [name = ''] = (blanks ? /^[^{]+/ : /^[^{\s]+/).exec(text) ?? [];
  if (name.trim() === '') return undefined;
  if (text[name.length] !== '{') {
    return { series: { name: name.trim(), labels: {} }, end: name.length };
  }
  LABELS.lastIndex = name.length;
  const [written] = LABELS.exec(text) ?? [];
  if (written === undefined) return undefined;
  const labels = [...written.matchAll(LABEL)].map(([, label = '', value = '']) => [
    label,
    value.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
  ]);
  return {
    series: { name: name.trim(), labels: Object.fromEntries(labels) as Record<string, string> },
    end: name.length + written.length,
  };
}
