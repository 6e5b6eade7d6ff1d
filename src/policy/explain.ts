import type { z } from 'zod';
import { knownKeys } from './known-keys.ts';
import type { KnownKeys } from './known-keys.ts';
import type { PolicyProblem } from './policy.ts';
import { nearestName } from '../nearest-name.ts';
import { formatPath, keyAt, quote, toPlain, treeAt } from './tree.ts';
import type { Location, Tree, TreePath } from './tree.ts';
import { suggestEnvironment } from './values.ts';

type Issue = z.core.$ZodIssue;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Reads a tree by a schema; every mistake is a problem at the part of the file that it is about.
 *
 * @param elsewhere where keys belong that the schema does not know, by key
 */
export function parseTree<Schema extends z.ZodType>(
  schema: Schema,
  tree: Tree,
  elsewhere: Readonly<Record<string, string>> = {},
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(toPlain(tree));
  if (result.success) return { ok: true, value: result.data };
  const keys = knownKeys(schema);
  const meant = new Set<string>();
  const issues = result.error.issues.flatMap((issue) => flatten(issue, tree));
  const unknown = issues.flatMap((issue) => unknownKeys(issue, tree, { keys, elsewhere, meant }));
  // A misspelt key is one mistake, not a missing key as well.
  const others = issues.filter((issue) => !meant.has(formatPath(issue.path)));
  return { ok: false, problems: [...unknown, ...others.flatMap((issue) => explain(issue, tree))] };
}

/** Replaces the issue of a union by the issues of the branch that the person most likely meant. */
function flatten(issue: Issue, tree: Tree, prefix: TreePath = []): Issue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ ...issue, path }];
  const kind = treeAt(tree, path)?.kind;
  const branch = issue.errors.find(
    (issues) => !issues.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'),
  );
  if (!branch || (kind !== 'map' && kind !== 'list')) return [{ ...issue, path }];
  return branch.flatMap((inner) => flatten(inner, tree, path));
}

interface Search {
  readonly keys: KnownKeys;
  readonly elsewhere: Readonly<Record<string, string>>;
  /** Collects the paths of the keys that were probably meant. */
  readonly meant: Set<string>;
}

function unknownKeys(
  issue: Issue,
  tree: Tree,
  { keys, elsewhere, meant }: Search,
): PolicyProblem[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const known = keys.at(issue.path);
  const place = issue.path.length === 0 ? '' : ` in \`${formatPath(issue.path)}\``;
  return issue.keys.map((key) => {
    const near = nearestName(key, known);
    if (near !== undefined) meant.add(formatPath([...issue.path, near]));
    const home = Object.hasOwn(elsewhere, key) ? elsewhere[key] : homeOf(key, keys);
    const suggestion = near === undefined ? home : `did you mean \`${near}\``;
    return {
      ...where(tree, [...issue.path, key]),
      message: `unknown key ${quote(key)}${place}`,
      expected: `one of ${known.join(', ')}`,
      ...(suggestion !== undefined && { suggestion }),
    };
  });
}

function homeOf(key: string, keys: KnownKeys): string | undefined {
  if (key === '<<') return 'name the element itself by an alias, or use `extends`';
  const [home] = keys.homes(key);
  if (home === undefined) return undefined;
  if (home === '') return `\`${key}\` belongs at the top of the file`;
  return `\`${key}\` belongs under \`${home.replaceAll('*', '<name>')}\``;
}

function explain(issue: Issue, tree: Tree): PolicyProblem[] {
  if (issue.code === 'unrecognized_keys') return [];
  const name = issue.path.length === 0 ? 'the file' : `\`${formatPath(issue.path)}\``;
  const found = treeAt(tree, issue.path);
  if (!found) return [missing(issue, tree)];
  if (found.kind === 'nothing' && found.told) return [];
  if (issue.code === 'invalid_key') {
    const suggestion = suggestEnvironment(String(issue.path.at(-1)));
    return [
      {
        ...where(tree, issue.path),
        message: `${quote(String(issue.path.at(-1)))} cannot be a name in \`${formatPath(issue.path.slice(0, -1))}\``,
        expected: issue.issues[0]?.message ?? issue.message,
        ...(suggestion !== undefined && { suggestion }),
      },
    ];
  }
  const { why, suggestion } = issue.code === 'custom' ? paramsOf(issue) : {};
  const hint = suggestion ?? nearestValue(issue, found);
  return [
    {
      ...found.at,
      message: `${name} is ${describe(found)}${why === undefined ? '' : `, ${why}`}`,
      expected: issue.message,
      ...(hint !== undefined && { suggestion: hint }),
    },
  ];
}

function missing(issue: Issue, tree: Tree): PolicyProblem {
  const parent = issue.path.slice(0, -1);
  const key = String(issue.path.at(-1));
  const message =
    parent.length === 0
      ? `the file has no \`${key}\``
      : `\`${formatPath(parent)}\` has no \`${key}\``;
  return { ...where(tree, parent), message, expected: issue.message };
}

function paramsOf(issue: Issue & { code: 'custom' }): { why?: string; suggestion?: string } {
  const { why, suggestion } = issue.params ?? {};
  return {
    ...(typeof why === 'string' && { why }),
    ...(typeof suggestion === 'string' && { suggestion }),
  };
}

function nearestValue(issue: Issue, found: Tree): string | undefined {
  if (issue.code !== 'invalid_value' || found.kind !== 'text') return undefined;
  const near = nearestName(found.text, issue.values.map(String));
  return near === undefined ? undefined : `did you mean \`${near}\``;
}

function describe(tree: Tree): string {
  if (tree.kind === 'text') return quote(tree.text);
  if (tree.kind === 'nothing') return 'empty';
  if (tree.kind === 'list') return tree.items.length === 0 ? 'an empty list' : 'a list';
  return tree.entries.size === 0 ? 'an empty mapping' : 'a mapping';
}

function where(tree: Tree, path: TreePath): Location {
  return keyAt(tree, path) ?? tree.at;
}
