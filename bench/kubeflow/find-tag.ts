/** Which entry of a kustomization's `images` is meant: by its place, or by its `name`. */
export type ImageEntry = { readonly index: number } | { readonly name: string };

export interface FoundTag {
  readonly tag: string;
  /** As it stands in the line, quotes included. */
  readonly written: string;
  /** The number of the line, from 0. */
  readonly line: number;
}

/** Finds the `newTag` of an entry line by line, as a person reads the file; undefined when it has none. */
export function findTag(lines: readonly string[], entry: ImageEntry): FoundTag | undefined {
  const start = lines.findIndex((line) => /^images:\s*$/.test(line));
  if (start < 0) return undefined;
  const items: { name?: string; tag?: FoundTag }[] = [];
  for (const [line, text] of lines.entries()) {
    if (line <= start || /^\s*(#.*)?$/.test(text)) continue;
    if (/^[^\s-]/.test(text)) break;
    if (/^\s*- /.test(text)) items.push({});
    const item = items.at(-1);
    const [, key, value = ''] = /^\s*(?:- )?\s*(name|newTag):\s*(.*?)\s*$/.exec(text) ?? [];
    if (!item || key === undefined) continue;
    const plain = value.replace(/^(['"])(.*)\1$/, '$2');
    if (key === 'name') item.name = plain;
    else item.tag = { tag: plain, written: value, line };
  }
  const item =
    'index' in entry ? items[entry.index] : items.find(({ name }) => name === entry.name);
  return item?.tag;
}
