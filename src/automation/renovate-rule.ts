/**
 * A rule in Renovate's settings that keeps it from proposing anything for some files. Renovate merges the rules that
 * match in their order, so the last one wins. The rule is named in its description: so it is found again, and taken
 * out.
 *
 * Settings are JSON for this; those with comments, or in JSON5, are left alone: nothing here could tell that no other
 * byte changes.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { SUSPENDED } from './flux-marker.ts';

/** What came of an edit: the settings with it, or a sentence that says why there is none. */
export type RuleEdit =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** What Renovate takes for a pattern rather than a path. */
const PATTERN = /[*?[\]{}()!\\]|^\/|\/$/;

/** Adds the rule of a target as the last one. Settings that have it already are answered as they are. */
export function addRule(text: string, target: string, files: readonly string[]): RuleEdit {
  const pattern = files.find((file) => PATTERN.test(file));
  if (pattern !== undefined) return no(`the path ${pattern} would be read as a pattern`);
  const settings = read(text);
  if (!settings.ok) return settings;
  const { value, rules, root } = settings;
  if (ruleOf(value, target) !== undefined) return { ok: true, text };
  const rule = { description: SUSPENDED + target, matchFileNames: files, enabled: false };
  const written = write(rule);
  const after = rules
    ? addToList(text, rules, written)
    : // The blank tells a list that is taken out again with its rule.
      addToMap(text, root, `"packageRules": [ ${written}]`);
  const expected = { ...value, packageRules: [...rulesIn(value), rule] };
  if (after === undefined || !isDeepStrictEqual(parse(after), expected)) {
    return no('the rule cannot be added without touching something else');
  }
  return { ok: true, text: after };
}

/** Takes the rule of a target out again; undefined when there is none. */
export function removeRule(text: string, target: string): RuleEdit | undefined {
  const settings = read(text);
  if (!settings.ok) return text.includes(JSON.stringify(SUSPENDED + target)) ? settings : undefined;
  const { value, rules, root } = settings;
  const at = ruleOf(value, target);
  if (at === undefined || !rules) return undefined;
  const { packageRules: _, ...rest } = value;
  const others = rulesIn(value).filter((_, i) => i !== at);
  const alone = others.length === 0 && startOf(rules.items[at]) === (rules.range?.[0] ?? 0) + 2;
  const after = alone ? removeFromMap(text, root) : removeFromList(text, rules, at);
  const expected = alone ? rest : { ...value, packageRules: others };
  if (after === undefined || !isDeepStrictEqual(parse(after), expected)) {
    return no('the rule cannot be taken out without touching something else');
  }
  return { ok: true, text: after };
}

/** The line of a target's rule, 1-based; undefined when there is none. */
export function ruleLine(text: string, target: string): number | undefined {
  const at = text.indexOf(JSON.stringify(SUSPENDED + target));
  return at < 0 ? undefined : text.slice(0, at).split('\n').length;
}

type Settings = Readonly<Record<string, unknown>>;

function read(text: string):
  | {
      readonly ok: true;
      readonly value: Settings;
      readonly root: YAMLMap;
      readonly rules: YAMLSeq | undefined;
    }
  | { readonly ok: false; readonly why: string } {
  const value = parse(text);
  if (!isSettings(value)) return no('the file is no plain JSON');
  // JSON is YAML, and its parser tells where things stand.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const root = document.contents;
  if (document.errors.length > 0 || !isMap(root)) return no('the file is no plain JSON');
  const pairs = root.items.filter(({ key }) => isScalar(key) && key.value === 'packageRules');
  const [pair, ...more] = pairs;
  if (more.length > 0 || (pair && !isSeq(pair.value))) {
    return no('its packageRules are no list, or there are several');
  }
  const rules = isSeq(pair?.value) ? pair.value : undefined;
  return { ok: true, value, root, rules };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rulesIn({ packageRules: rules }: Settings): readonly unknown[] {
  return Array.isArray(rules) ? rules : [];
}

function ruleOf(value: Settings, target: string): number | undefined {
  const at = rulesIn(value).findIndex(
    (rule) =>
      typeof rule === 'object' &&
      rule !== null &&
      'description' in rule &&
      rule.description === SUSPENDED + target,
  );
  return at < 0 ? undefined : at;
}

/** On one line, as people write it. */
function write(rule: Settings): string {
  const parts = Object.entries(rule).map(([key, value]) => {
    const written = Array.isArray(value)
      ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]`
      : JSON.stringify(value);
    return `${JSON.stringify(key)}: ${written}`;
  });
  return `{ ${parts.join(', ')} }`;
}

function addToList(text: string, rules: YAMLSeq, written: string): string | undefined {
  const last = rules.items.at(-1);
  const open = rules.range?.[0];
  if (last === undefined) return open === undefined ? undefined : insert(text, open + 1, written);
  const [start, end] = [startOf(last), endOf(last)];
  if (start === undefined || end === undefined) return undefined;
  return insert(text, end, `,${gapBefore(text, start)}${written}`);
}

function addToMap(text: string, root: YAMLMap, written: string): string | undefined {
  const last = root.items.at(-1);
  const open = root.range?.[0];
  if (!last) return open === undefined ? undefined : insert(text, open + 1, written);
  const [start, end] = [startOf(last.key), endOf(last.value)];
  if (start === undefined || end === undefined) return undefined;
  return insert(text, end, `,${gapBefore(text, start)}${written}`);
}

function removeFromList(text: string, rules: YAMLSeq, at: number): string | undefined {
  const spans = rules.items.map((item) => [startOf(item), endOf(item)] as const);
  return removeSpan(text, spans, at);
}

function removeFromMap(text: string, root: YAMLMap): string | undefined {
  const spans = root.items.map(({ key, value }) => [startOf(key), endOf(value)] as const);
  const at = root.items.findIndex(({ key }) => isScalar(key) && key.value === 'packageRules');
  return removeSpan(text, spans, at);
}

type Span = readonly [start: number | undefined, end: number | undefined];

/** Takes one of several spans out, with the comma before it, or behind it where it is the first. */
function removeSpan(text: string, spans: readonly Span[], at: number): string | undefined {
  const [start, end] = spans[at] ?? [];
  const before = spans[at - 1]?.[1];
  const next = spans[at + 1]?.[0];
  if (start === undefined || end === undefined) return undefined;
  if (before !== undefined) return text.slice(0, before) + text.slice(end);
  return text.slice(0, start) + text.slice(next ?? end);
}

/** The line end and the blanks before something that begins its line, or one blank. */
function gapBefore(text: string, at: number): string {
  return /\r?\n[ \t]*$/.exec(text.slice(0, at))?.[0] ?? ' ';
}

function insert(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function endOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[1] : undefined;
}

function no(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}
