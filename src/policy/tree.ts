import type { Place } from './policy.ts';

/** Where something stands: a place in a file. */
export interface Location extends Place {
  readonly file: string;
}

/**
 * A YAML value with the place of every part of it. Scalars are their source text, never numbers or booleans,
 * so that a version written `1.10` stays `1.10`.
 */
export type Tree =
  | { readonly kind: 'text'; readonly text: string; readonly at: Location }
  /** A key without a value, as in `limits:`. `told`: a problem says already why nothing could be read. */
  | { readonly kind: 'nothing'; readonly at: Location; readonly told?: true }
  | { readonly kind: 'list'; readonly items: readonly Tree[]; readonly at: Location }
  | MapTree;

export interface MapTree {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, { readonly key: Location; readonly value: Tree }>;
  readonly at: Location;
}

export type TreePath = readonly PropertyKey[];

/** Lays one tree over another: mappings merge key by key at every depth, everything else is replaced. */
export function mergeTrees(below: Tree, above: Tree): Tree {
  if (below.kind !== 'map' || above.kind !== 'map') return above;
  const entries = new Map(below.entries);
  for (const [name, entry] of above.entries) {
    const under = entries.get(name);
    entries.set(
      name,
      under ? { key: entry.key, value: mergeTrees(under.value, entry.value) } : entry,
    );
  }
  return { kind: 'map', entries, at: above.at };
}

/** The mapping without some of its keys. */
export function withoutKeys(tree: MapTree, names: readonly string[]): MapTree {
  const entries = new Map([...tree.entries].filter(([name]) => !names.includes(name)));
  return { ...tree, entries };
}

/** The part of the tree at a path; undefined when there is none. */
export function treeAt(tree: Tree, path: TreePath): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.value;
    else if (node?.kind === 'list') node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** Where the key stands that a path ends in; for an element of a list, the element. */
export function keyAt(tree: Tree, path: TreePath): Location | undefined {
  const parent = treeAt(tree, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return tree.at;
  if (parent?.kind === 'map') return parent.entries.get(String(last))?.key;
  return treeAt(tree, path)?.at;
}

/** The tree as plain data: text, null, arrays and objects. */
export function toPlain(tree: Tree): unknown {
  if (tree.kind === 'text') return tree.text;
  if (tree.kind === 'nothing') return null;
  if (tree.kind === 'list') return tree.items.map((item) => toPlain(item));
  return Object.fromEntries([...tree.entries].map(([name, { value }]) => [name, toPlain(value)]));
}

/** A path as people write it: `environments.production.pins.image[0].file`. */
export function formatPath(path: TreePath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = String(step);
      if (!/^[\w/-]{1,100}$/.test(name)) return `[${quote(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

/** A found text in quotes on one line, cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
