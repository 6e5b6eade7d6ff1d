import { isAlias, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Pair, ParsedNode, Scalar, YAMLError, YAMLMap } from 'yaml';
import type { PolicyProblem } from './policy.ts';
import { quote } from './tree.ts';
import type { Location, MapTree, Tree } from './tree.ts';

/** A larger file is refused unread, in characters: a policy has no use for it, and parsing must stay quick. */
const LARGEST_FILE = 128 * 1024;
/** Aliases count with all they stand for, so that a few lines cannot stand for billions of values. */
const MOST_VALUES = 20_000;
const DEEPEST = 50;
const MOST_SYNTAX_PROBLEMS = 20;

export interface ReadTree {
  /** What could be read; absent when nothing could. */
  readonly tree?: Tree;
  readonly problems: readonly PolicyProblem[];
  /** Whether the text is valid YAML. When it is not, the tree is a guess. */
  readonly valid: boolean;
}

/** Reads one YAML document as text with places. Never throws: every mistake is a problem. */
export function readTree(file: string, text: string): ReadTree {
  const start: Location = { file, line: 1, column: 1 };
  const refuse = (message: string, expected: string): ReadTree => ({
    problems: [{ ...start, message, expected }],
    valid: false,
  });
  if (text.length > LARGEST_FILE) {
    return refuse(
      `the file has ${text.length} characters`,
      `at most ${LARGEST_FILE}, so that every policy of a repository loads in moments`,
    );
  }
  const locate = locator(file, text);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      schema: 'failsafe',
      prettyErrors: false,
      uniqueKeys: false,
    });
  } catch (error) {
    // The parser recurses: a file of nothing but brackets overflows its stack.
    return refuse(`the file cannot be parsed: ${String(error)}`, 'a mapping of a few levels');
  }
  const syntax = [...document.errors, ...document.warnings]
    .slice(0, MOST_SYNTAX_PROBLEMS)
    .map((error) => ({ ...locate(error.pos[0]), ...explainSyntax(error) }));
  const valid = syntax.length === 0;
  if (!document.contents) {
    return valid
      ? refuse('the file is empty', 'a mapping of settings')
      : { problems: syntax, valid };
  }
  const { tree, problems, full } = convert(document.contents, locate);
  // What else a broken text seems to say is noise to whoever mends it.
  return { tree, problems: valid ? problems : syntax, valid: valid && !full };
}

/** Turns offsets into places. The parser's own counter loses lines where the text is broken. */
function locator(file: string, text: string): (offset: number) => Location {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const inside = Math.min(offset, text.length);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= inside) low = middle;
      else high = middle;
    }
    return { file, line: low + 1, column: inside - (starts[low] ?? 0) + 1 };
  };
}

type Node = ParsedNode | null | undefined;

/** Turns the parser's nodes into a tree, resolving aliases within limits. */
function convert(root: ParsedNode, locate: (offset: number) => Location) {
  const problems: PolicyProblem[] = [];
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let values = 0;
  let full = false;

  const visit = (node: Node, fallback: Location, depth: number): Tree => {
    const at = node ? locate(node.range[0]) : fallback;
    if (!node || full) return { kind: 'nothing', at };
    if (isAlias(node)) return visitAlias(node.source, at, depth);
    values += 1;
    if (values > MOST_VALUES || depth > DEEPEST) {
      full = true;
      problems.splice(0, problems.length, {
        ...at,
        message:
          values > MOST_VALUES
            ? 'the file stands for too many values'
            : 'the file is nested too deep',
        expected: `at most ${MOST_VALUES} values, aliases counted with all they stand for, in ${DEEPEST} levels`,
      });
      return { kind: 'nothing', at };
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return scalar(node, at, fallback);
    open.add(node);
    const tree: Tree = isSeq(node)
      ? { kind: 'list', items: node.items.map((item) => visit(item as Node, at, depth + 1)), at }
      : visitMap(node, at, depth);
    open.delete(node);
    return tree;
  };

  const visitAlias = (name: string, at: Location, depth: number): Tree => {
    const target = anchors.get(name);
    if (!target || open.has(target)) {
      const message = target ? `\`*${name}\` stands within itself` : `\`*${name}\` names no anchor`;
      problems.push({
        ...at,
        message,
        expected: `an anchor \`&${name}\` that ends before its alias`,
      });
      return { kind: 'nothing', at, told: true };
    }
    return visit(target, at, depth);
  };

  const visitMap = (map: YAMLMap, at: Location, depth: number): MapTree => {
    const entries = new Map<string, { key: Location; value: Tree }>();
    for (const pair of map.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const key = locate(pair.key.range[0]);
      const name = isScalar(pair.key) ? textOf(pair.key) : undefined;
      const value = visit(pair.value, key, depth + 1);
      const first = name === undefined ? undefined : entries.get(name);
      if (name === undefined || name === '__proto__') {
        problems.push({
          ...key,
          message: 'this key cannot be used',
          expected: 'plain text as a key',
        });
      } else if (first) {
        problems.push({
          ...key,
          message: `the key ${quote(name)} stands here a second time`,
          expected: `it once; the first is in line ${first.key.line}`,
        });
      } else entries.set(name, { key, value });
    }
    return { kind: 'map', entries, at };
  };

  return { tree: visit(root, locate(0), 0), problems, full };
}

function scalar(node: Scalar, at: Location, key: Location): Tree {
  const text = textOf(node);
  // An empty plain scalar stands where nothing is: its key is what a person can see.
  if (text === '' && node.type === 'PLAIN') return { kind: 'nothing', at: key };
  return { kind: 'text', text, at };
}

function textOf(node: Scalar): string {
  return node.source ?? '';
}

interface SyntaxAdvice {
  readonly message: string;
  readonly expected?: string;
  readonly suggestion?: string;
}

function explainSyntax({ code, message }: YAMLError): SyntaxAdvice {
  // The parser quotes the text it stumbles over, whole.
  const found = message.length > 200 ? `${message.slice(0, 199)}…` : message;
  if (code === 'MULTIPLE_DOCS') {
    return {
      message: 'a second YAML document begins here',
      expected: 'one document in a file',
      suggestion: 'move it to a file of its own',
    };
  }
  if (code === 'TAB_AS_INDENT') {
    return { message: 'a tab indents this line', suggestion: 'indent with spaces' };
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    return {
      message: `not usable here: ${found}`,
      expected: 'a value without a tag',
      suggestion: 'remove the tag',
    };
  }
  const suggestion = 'put the value in quotes, as in "@acme/fraud-ml"';
  return {
    message: `not valid YAML: ${found}`,
    ...(code === 'BAD_SCALAR_START' && { suggestion }),
  };
}
