import { visit, type Alias, type Document, type Node } from 'yaml';

/** Which node each alias of a document stands for. */
export interface Anchors {
  /** The node an alias stands for: the last one before it with that anchor. */
  target(alias: Alias): Node | undefined;
  /** The anchor of a node if some alias uses it. */
  sharedName(node: unknown): string | undefined;
}

/**
 * Resolves the aliases of a document in one pass over it, in the order of the source: an anchor may be
 * defined again, and an alias means the latest one before it. `text` is the source; without a `*` in it
 * there is nothing to look for.
 */
export function readAnchors(document: Document.Parsed, text: string): Anchors {
  const latest = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const shared = new Map<unknown, string>();
  if (text.includes('*')) {
    visit(document, {
      Alias(_key, alias) {
        const node = latest.get(alias.source);
        if (!node) return;
        targets.set(alias, node);
        shared.set(node, alias.source);
      },
      Value(_key, node) {
        if (node.anchor !== undefined) latest.set(node.anchor, node);
      },
    });
  }
  return {
    target: (alias) => targets.get(alias),
    sharedName: (node) => shared.get(node),
  };
}
