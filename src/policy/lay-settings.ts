import { judges } from './schema/monitors.ts';
import { mergeTrees, treeAt, withoutKeys, type MapTree, type Tree } from './tree.ts';

const JUDGES: ReadonlySet<string> = new Set(Object.keys(judges));

/**
 * Lays settings over others, as {@link mergeTrees} does, but for what excludes each other: a monitor has one judge, so
 * that another judge takes the place of the one below.
 */
export function laySettings(below: Tree, above: Tree): Tree {
  const [under, over] = [treeAt(below, ['monitors']), treeAt(above, ['monitors'])];
  if (below.kind !== 'map' || under?.kind !== 'map' || over?.kind !== 'map') {
    return mergeTrees(below, above);
  }
  const monitors = new Map(under.entries);
  for (const [name, { value }] of over.entries) {
    const entry = monitors.get(name);
    if (entry?.value.kind !== 'map' || value.kind !== 'map') continue;
    monitors.set(name, { ...entry, value: withoutReplaced(entry.value, value) });
  }
  const entries = new Map(below.entries);
  const entry = entries.get('monitors');
  if (entry) entries.set('monitors', { ...entry, value: { ...under, entries: monitors } });
  return mergeTrees({ ...below, entries }, above);
}

/** The monitor below without its judge, where the one above has another. */
function withoutReplaced(below: MapTree, above: MapTree): MapTree {
  const named = [...above.entries.keys()].filter((key) => JUDGES.has(key));
  if (named.length === 0) return below;
  const replaced = [...below.entries.keys()].filter(
    (key) => JUDGES.has(key) && !named.includes(key),
  );
  return withoutKeys(below, replaced);
}
