import type { z } from 'zod';
import { parseTree } from '../policy/explain.ts';
import type { SourceFile } from '../policy/load.ts';
import { readTree } from '../policy/read-tree.ts';
import { quote, treeAt, type MapTree, type Tree } from '../policy/tree.ts';
import { targetKey, type Target, type TargetKey } from '../target.ts';
import {
  baselineSchema,
  pinsSchema,
  quarantineSchema,
  relandSchema,
  restrictionSchema,
} from './schema.ts';
import {
  REPOSITORY_STATE,
  STATE_FOLDER,
  targetOfPath,
  type Quarantine,
  type Reland,
  type Restriction,
  type State,
  type StateProblem,
  type TargetState,
} from './state.ts';

/** So many mistakes are told: enough to mend a file by. */
const MOST_PROBLEMS = 50;

/**
 * Reads the state of a repository from its files. Never throws, whatever they say: whoever may push can write them.
 *
 * Restrictions win. A hold, a freeze or a quarantine with a mistake in it counts as far as it can be read; a baseline
 * or a reland with a mistake does not count. Where something may be a restriction and cannot be read at all, the file
 * is among the `unreadable`. Files elsewhere are passed over.
 */
export function readState(files: readonly SourceFile[]): State {
  const reader = new Reader();
  const targets = new Map<TargetKey, TargetState>();
  let freeze: Restriction | undefined;
  for (const { path, text } of files) {
    if (!path.startsWith(STATE_FOLDER)) continue;
    const target = targetOfPath(path);
    if (path === REPOSITORY_STATE) freeze = reader.repository(path, text);
    else if (target) targets.set(targetKey(target), reader.target(path, text, target));
    else {
      const expected = 'repository.yaml, or targets/<environment>/<model>.yaml';
      reader.tell({ file: path, line: 1, column: 1, message: 'this is no state file', expected });
    }
  }
  const { unreadable, problems } = reader;
  return { ...(freeze && { freeze }), targets, unreadable, problems };
}

class Reader {
  readonly unreadable = new Set<string>();
  readonly problems: StateProblem[] = [];

  tell(...problems: readonly StateProblem[]): void {
    this.problems.push(...problems.slice(0, MOST_PROBLEMS - this.problems.length));
  }

  repository(file: string, text: string): Restriction | undefined {
    const tree = this.#open(file, text, ['freeze']);
    return tree && this.#restriction(tree, 'freeze');
  }

  target(file: string, text: string, target: Target): TargetState {
    const tree = this.#open(file, text, ['hold', 'baseline', 'quarantine', 'relands']);
    if (!tree) return { target, quarantine: [], relands: [] };
    const hold = this.#restriction(tree, 'hold');
    const baseline = treeAt(tree, ['baseline']);
    const mark = baseline && this.#part(baselineSchema, baseline);
    return {
      target,
      ...(hold && { hold }),
      ...(mark && { baseline: mark }),
      quarantine: this.#items(tree, 'quarantine').flatMap((item) => this.#quarantine(file, item)),
      relands: this.#items(tree, 'relands').flatMap((item): Reland[] => {
        const reland = this.#part(relandSchema, item);
        return reland ? [reland] : [];
      }),
    };
  }

  /** The file as a mapping with known keys; one that is not may hide a restriction. */
  #open(file: string, text: string, known: readonly string[]): MapTree | undefined {
    const { tree, problems, valid } = readTree(file, text);
    this.tell(...problems);
    if (!valid || problems.length > 0) this.unreadable.add(file);
    if (!tree || !valid) return undefined;
    if (tree.kind !== 'map') {
      this.unreadable.add(file);
      this.tell({ ...tree.at, message: 'the file is no mapping', expected: known.join(', ') });
      return undefined;
    }
    for (const [name, { key }] of tree.entries) {
      if (known.includes(name)) continue;
      this.unreadable.add(file);
      const expected = `one of ${known.join(', ')}`;
      this.tell({ ...key, message: `unknown key ${quote(name)}`, expected });
    }
    return tree;
  }

  #restriction(tree: MapTree, name: 'hold' | 'freeze'): Restriction | undefined {
    const part = treeAt(tree, [name]);
    if (!part) return undefined;
    const whole = this.#part(restrictionSchema, part);
    if (whole) return whole;
    const reason = treeAt(part, ['reason']);
    return reason?.kind === 'text' && reason.text !== '' ? { reason: reason.text } : {};
  }

  #quarantine(file: string, item: Tree): Quarantine[] {
    const whole = this.#part(quarantineSchema, item);
    if (whole) return [whole];
    const pins = treeAt(item, ['pins']);
    const readable = pins && parseTree(pinsSchema, pins);
    if (readable?.ok) return [{ pins: readable.value }];
    this.unreadable.add(file);
    return [];
  }

  #items(tree: MapTree, name: 'quarantine' | 'relands'): readonly Tree[] {
    const list = treeAt(tree, [name]);
    if (!list) return [];
    if (list.kind === 'list') return list.items;
    if (name === 'quarantine') this.unreadable.add(list.at.file);
    this.tell({ ...list.at, message: `\`${name}\` is no list`, expected: 'a list' });
    return [];
  }

  #part<Schema extends z.ZodType>(schema: Schema, tree: Tree): z.output<Schema> | undefined {
    const parsed = parseTree(schema, tree);
    if (parsed.ok) return parsed.value;
    this.tell(...parsed.problems);
    return undefined;
  }
}
