/** A place in a manifest: the same shape for YAML and JSON, so that paths are followed by one walk. */
export type Place = MapPlace | ListPlace | ScalarPlace | NothingPlace;

export interface MapPlace {
  readonly kind: 'map';
  /** Every key as text, in the order of the file, those of merge keys last. */
  keys(): readonly string[];
  /** What a key holds: none, one, or several places when the key is given more than once. */
  get(key: string): readonly Place[];
}

export interface ListPlace {
  readonly kind: 'list';
  items(): readonly Place[];
}

export interface ScalarPlace {
  readonly kind: 'scalar';
  /** The value as text: what the source says, quotes and escapes resolved, numbers as written. */
  readonly text: string;
  /** Where the scalar stands in the source, quotes included, anchor and tag not. */
  readonly start: number;
  readonly end: number;
  readonly style: 'plain' | 'single' | 'double' | 'block' | 'alias';
  /** Why it must not be set, as the rest of a sentence: "it …". */
  readonly lock?: string;
}

/** No value, or one that cannot be known. */
export interface NothingPlace {
  readonly kind: 'nothing';
  /** "no value", "an alias without an anchor". */
  readonly what: string;
}

/** What the parsers answer: places, or what is wrong at which offset of the text. */
export type ParsedText =
  | { readonly ok: true; readonly documents: readonly Place[] }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** The text of a scalar, undefined for everything else. */
export function scalarText(place: Place | undefined): string | undefined {
  return place?.kind === 'scalar' ? place.text : undefined;
}

/** What follows some keys from a place; undefined unless each of them is there exactly once. */
export function placeAt(place: Place, keys: readonly string[]): Place | undefined {
  let here: Place | undefined = place;
  for (const key of keys) {
    if (here?.kind !== 'map') return undefined;
    const found: readonly Place[] = here.get(key);
    here = found.length === 1 ? found[0] : undefined;
  }
  return here;
}

/** Says what a place holds, for messages. */
export function describePlace(place: Place): string {
  if (place.kind === 'map') return 'a map';
  if (place.kind === 'list') return `a list of ${place.items().length}`;
  return place.kind === 'scalar' ? 'a single value' : place.what;
}
