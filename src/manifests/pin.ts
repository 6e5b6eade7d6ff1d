/** What a version in a manifest can be the version of. */
export const COMPONENTS = ['model', 'features', 'image', 'config', 'data', 'traffic'] as const;
export type Component = (typeof COMPONENTS)[number];

/** Names a pin within its target: the component, with an index when a component has several (`image[1]`). */
export type PinId = string;

/** One place in a file whose value names a component's version. */
export interface Pin {
  readonly id: PinId;
  readonly component: Component;
  /** Path in the repository, `/`-separated, never absolute, never with `..`. */
  readonly file: string;
  /** Which document of a multi-document YAML file; every property given must match. */
  readonly document?: { readonly kind?: string; readonly name?: string };
  /** Where in the document: `spec.containers[name=server].image`, `images[0].newTag`, `a["b.c"].d`. */
  readonly path: string;
  /** Which part of the value is the version: a text with one `{version}` in it. Absent: the whole value. */
  readonly version?: string;
}

/** What a pin says in one version of its file. Versions are text, as written: `1.10` is not `1.1`. */
export interface PinValue {
  /** The version: the whole scalar, or the part of it that the pin's pattern selects. */
  readonly version: string;
  /** The whole scalar as text, without quotes. */
  readonly value: string;
  /** The scalar as it stands in the source, quotes included. Putting it back restores the file byte for byte. */
  readonly token: string;
  /** 1-based line of the scalar. */
  readonly line: number;
}

/** Why a pin cannot be read or set, for the person who has to mend it. */
export interface PinProblem {
  readonly code:
    | 'file-missing'
    | 'not-text'
    | 'not-parsable'
    | 'document-not-found'
    | 'document-ambiguous'
    | 'path-invalid'
    | 'path-not-found'
    | 'path-ambiguous'
    | 'not-a-scalar'
    | 'pattern-mismatch'
    | 'not-editable';
  /** One sentence: what is wrong, with the value found, and what was expected. */
  readonly message: string;
  readonly suggestion?: string;
  readonly line?: number;
  readonly column?: number;
}

export type PinReading =
  | { readonly ok: true; readonly value: PinValue }
  | { readonly ok: false; readonly problem: PinProblem };
