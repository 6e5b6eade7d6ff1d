/**
 * The comments by which Flux knows what it may set: `image: app:1.9 # {"$imagepolicy": "flux-system:app"}`. Flux reads
 * a comment as JSON, and leaves one alone that is none. So a word before the JSON takes it out of force, and taking
 * the word away puts every byte back.
 *
 * @module
 */

/** What stands before a marker that is out of force. */
export const SUSPENDED = 'suspended by Lastgood: ';

/** A comment with a marker at the end of a line: what comes before the JSON, and the JSON. */
const MARKER = /^(?<before>.*?\s#+[ \t]*)(?<word>suspended by Lastgood: )?(?<json>\{[^#]*\})\s*$/;

/** A marker, and the line that it stands on, 1-based. */
export interface Marker {
  readonly line: number;
  /** `flux-system:app`, with `:tag`, `:name` or `:digest` where it is about a part. */
  readonly policy: string;
  readonly suspended: boolean;
}

/** The marker on a line of a file; undefined when there is none. */
export function markerAt(text: string, line: number): Marker | undefined {
  const found = match(linesOf(text)[line - 1] ?? '');
  return found && { line, policy: found.policy, suspended: found.word !== '' };
}

/** Takes the markers on these lines out of force. No other byte changes. */
export function suspendMarkers(text: string, lines: ReadonlySet<number>): string {
  return mapLines(text, (one, line) => {
    const found = lines.has(line) ? match(one) : undefined;
    if (!found || found.word !== '') return one;
    const { length } = found.before;
    return `${one.slice(0, length)}${SUSPENDED}${one.slice(length)}`;
  });
}

/** Puts the markers on these lines back in force that {@link suspendMarkers} took out. */
export function restoreMarkers(text: string, lines: ReadonlySet<number>): string {
  return mapLines(text, (one, line) => {
    const found = lines.has(line) ? match(one) : undefined;
    if (!found || found.word === '') return one;
    const { length } = found.before;
    return `${one.slice(0, length)}${one.slice(length + SUSPENDED.length)}`;
  });
}

/** The lines of the markers that are out of force. */
export function suspendedLines(text: string): readonly number[] {
  return linesOf(text).flatMap((one, i) => (match(one)?.word ? [i + 1] : []));
}

function match(line: string) {
  const { before, word = '', json } = MARKER.exec(line.slice(0, 10_000))?.groups ?? {};
  if (before === undefined || json === undefined) return undefined;
  const policy = policyIn(json);
  return policy === undefined ? undefined : { before, word, policy };
}

function policyIn(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || !('$imagepolicy' in value)) return undefined;
    const { $imagepolicy: policy } = value;
    return typeof policy === 'string' && policy !== '' ? policy : undefined;
  } catch {
    return undefined;
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n');
}

function mapLines(text: string, change: (line: string, number: number) => string): string {
  return linesOf(text)
    .map((one, i) => change(one, i + 1))
    .join('\n');
}
