import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Node, Scalar, YAMLMap } from 'yaml';
import type { MapPlace, ParsedText, Place, ScalarPlace } from './place.ts';
import { showText } from './show-text.ts';
import { readAnchors, type Anchors } from './yaml-anchors.ts';

/**
 * Reads every document of a YAML text into places that know where they stand in the source.
 *
 * Decisions:
 * - A scalar's text is what the source says (`1.10`, `0x1F`, `yes`, `~`), never a parsed number or date. So
 *   it makes no difference whether the file is meant as YAML 1.1 or 1.2.
 * - An alias is read as what it stands for. Whatever is reached through it is locked: setting it would
 *   change the other places that share it. So is everything below an anchor that some alias uses. An anchor
 *   that nothing uses locks nothing.
 * - Merge keys (`<<`) are followed as Kubernetes' parsers do: the map's own keys win, then the first merged
 *   map that has the key. What comes through them is locked.
 * - A block scalar (`|`, `>`) is read and locked: its text depends on indentation and line ends around it.
 *   Quoted and plain scalars over several lines are read and may be replaced by one line.
 * - A tag other than `!!str` and `!` locks its scalar: it decides what the text means.
 * - A key without a value holds nothing, which is neither an empty version nor `null`.
 * - A key given twice is kept twice, and only a path through it is ambiguous; elsewhere it does no harm.
 * - Unknown tags and unused directives are accepted, maps and lists as keys are skipped.
 */
export function parseYaml(text: string): ParsedText {
  // Each document costs the parser as much as a page of text.
  const many = /^(?:---|\.\.\.)/gm;
  for (let count = 1; many.test(text); count++) {
    if (count <= MOST_DOCUMENTS) continue;
    const message = `it holds more than ${MOST_DOCUMENTS} documents.`;
    return { ok: false, message, offset: many.lastIndex - 3 };
  }
  // The parser takes a byte order mark for a column, so that a list below it breaks.
  const skipped = text.startsWith('\uFEFF') ? 1 : 0;
  // Duplicate keys are looked at by the path walk; the parser's own check takes quadratic time.
  const options = { uniqueKeys: false, prettyErrors: false };
  const documents = parseAllDocuments(text.slice(skipped), options);
  if (!Array.isArray(documents)) return { ok: true, documents: [] };
  const error = documents.flatMap((document) => document.errors)[0];
  if (error) {
    const deep = error.code === 'RESOURCE_EXHAUSTION';
    const message = deep ? 'it is nested too deeply.' : `${error.message}.`;
    return { ok: false, message, offset: error.pos[0] + skipped };
  }
  const places: Place[] = [];
  for (const document of documents) {
    const root = document.contents;
    if (!root || isEmpty(root)) continue;
    places.push(new YamlTree(readAnchors(document, text), skipped).place(root));
  }
  return { ok: true, documents: places };
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.source === '';
}

const STYLES: Readonly<Record<string, ScalarPlace['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
};

const FREE_TAGS = new Set<string | undefined>([undefined, '!', 'tag:yaml.org,2002:str']);

/** So many documents are read of one file. */
const MOST_DOCUMENTS = 10_000;

/** So many maps may be merged into one: what only another one has is not found. Nobody writes ten. */
const MOST_MERGED = 100;

/** What one map of the source holds itself. */
interface OwnParts {
  readonly keys: readonly string[];
  readonly values: ReadonlyMap<string, readonly unknown[]>;
  /** The maps that its merge keys name, the one that wins last. */
  readonly sources: readonly YAMLMap[];
}

/**
 * Every map is read once, however many aliases and merge keys lead to it: a file may hold a hundred thousand of each,
 * and the work stays a multiple of its length.
 */
class YamlTree {
  readonly #anchors: Anchors;
  readonly #skipped: number;
  readonly #parts = new Map<YAMLMap, OwnParts>();

  constructor(anchors: Anchors, skipped: number) {
    this.#anchors = anchors;
    this.#skipped = skipped;
  }

  place(node: unknown, outerLock?: string): Place {
    if (isAlias(node)) {
      const target = this.#anchors.target(node);
      if (!target)
        return {
          kind: 'nothing',
          what: `the alias ${showText(`*${node.source}`)} without an anchor`,
        };
      const lock = `stands behind the alias ${showText(`*${node.source}`)}, and other places share it`;
      const place = this.place(target, lock);
      return place.kind === 'scalar' ? { ...place, style: 'alias', ...this.#range(node) } : place;
    }
    const lock = outerLock ?? this.#anchorLock(node);
    if (isMap(node)) return this.#map(node, lock);
    if (isSeq(node)) {
      let items: readonly Place[] | undefined;
      const read = (): readonly Place[] => node.items.map((item) => this.place(item, lock));
      return { kind: 'list', items: () => (items ??= read()) };
    }
    if (!isScalar(node) || isEmpty(node)) return { kind: 'nothing', what: 'no value' };
    return { ...scalarPlace(node, lock), ...this.#range(node) };
  }

  #range(node: Node): { start: number; end: number } {
    const [start = 0, end = start] = node.range ?? [];
    return { start: start + this.#skipped, end: end + this.#skipped };
  }

  #anchorLock(node: unknown): string | undefined {
    const name = this.#anchors.sharedName(node);
    return name === undefined
      ? undefined
      : `belongs to the anchor ${showText(`&${name}`)}, which an alias uses elsewhere`;
  }

  #map(node: YAMLMap, lock: string | undefined): MapPlace {
    return {
      kind: 'map',
      keys: () => [
        ...new Set([node, ...this.#merged(node)].flatMap((map) => this.#partsOf(map).keys)),
      ],
      get: (key) => {
        const own = this.#valuesOf(node, key);
        if (own.length > 0) return own.map((value) => this.place(value, lock));
        for (const map of this.#merged(node)) {
          const values = this.#valuesOf(map, key);
          const through = 'comes through a merge key (<<), and other places may share it';
          if (values.length > 0) return values.map((value) => this.place(value, through));
        }
        return [];
      },
    };
  }

  #valuesOf(node: YAMLMap, key: string): readonly unknown[] {
    return this.#partsOf(node).values.get(key) ?? [];
  }

  /** The maps that merge keys bring in, each once, the one that wins first. */
  #merged(node: YAMLMap): YAMLMap[] {
    const found = new Set<YAMLMap>([node]);
    const waiting = [...this.#partsOf(node).sources];
    for (let map = waiting.pop(); map && found.size <= MOST_MERGED; map = waiting.pop()) {
      if (found.has(map)) continue;
      found.add(map);
      waiting.push(...this.#partsOf(map).sources);
    }
    found.delete(node);
    return [...found];
  }

  #partsOf(node: YAMLMap): OwnParts {
    const known = this.#parts.get(node);
    if (known) return known;
    const keys: string[] = [];
    const values = new Map<string, unknown[]>();
    const merges: unknown[] = [];
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) merges.push(value);
      const text = this.#keyText(key);
      if (text === undefined) continue;
      if (!isMergeKey(key)) keys.push(text);
      const same = values.get(text);
      if (same) same.push(value);
      else values.set(text, [value]);
    }
    const parts = { keys, values, sources: this.#mergeSources(merges) };
    this.#parts.set(node, parts);
    return parts;
  }

  #mergeSources(merges: readonly unknown[]): readonly YAMLMap[] {
    return merges
      .map((value) => this.#resolved(value))
      .flatMap((value) => (isSeq(value) ? value.items.slice(0, MOST_MERGED) : [value]))
      .slice(0, MOST_MERGED)
      .map((item) => this.#resolved(item))
      .filter((item) => isMap(item))
      .reverse();
  }

  #keyText(key: unknown): string | undefined {
    const node = this.#resolved(key);
    return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? this.#anchors.target(node) : node;
  }
}

function scalarPlace(
  node: Scalar,
  outerLock: string | undefined,
): Omit<ScalarPlace, 'start' | 'end'> {
  const style = STYLES[node.type ?? ''] ?? 'block';
  let lock = outerLock;
  if (style === 'block') lock ??= 'is a block scalar, whose text depends on the lines around it';
  if (!FREE_TAGS.has(node.tag))
    lock ??= `has the tag ${showText(node.tag ?? '')}, which decides how it is read`;
  return {
    kind: 'scalar',
    text: node.source ?? String(node.value),
    style,
    ...(lock !== undefined && { lock }),
  };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}
