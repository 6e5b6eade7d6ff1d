import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeJsonSchemas } from './json-schemas.ts';
import { loadPolicySet } from './load.ts';
import { readShippedPresets } from './presets.ts';
import { readTree } from './read-tree.ts';
import { treeAt } from './tree.ts';

const page = await readFile(new URL('../../docs/policy.md', import.meta.url), 'utf8');
const shipped = await readShippedPresets();

const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => {
  const path = /^# (\.lastgood\/\S+)$/m.exec(text)?.[1];
  return { path: path ?? 'an-example-without-a-path.yaml', text };
});

/** The cells of every line of a table, joined by ` | `. */
const tableLines = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
      .join(' | '),
  );

const KEYS = [
  ...['critical', 'high', 'medium', 'low'].map((key) => `respond.${key}`),
  ...['consecutive', 'minAge'].map((key) => `evidence.${key}`),
  ...['minSoak', 'maxDepth'].map((key) => `target.${key}`),
  ...['merge', 'open', 'cooldown', 'maxReleaseAge'].map((key) => `limits.${key}`),
  ...['by', 'required', 'timeout', 'remind', 'onTimeout'].map((key) => `approvals.${key}`),
  'onReturn',
  ...['noGoal', 'mutableVersion', 'undeclaredPair', 'severalActive', 'widerPowers'].map(
    (key) => `check.${key}`,
  ),
  'notify.issue',
  ...['within', 'watch'].map((key) => `verify.${key}`),
  'drills',
];

/** What a shipped preset says about a key, as it is written there. */
function saysAbout(key: string, preset: { readonly name: string; readonly text: string }): string {
  const { tree } = readTree(preset.name, preset.text);
  const value = tree && treeAt(tree, key.split('.'));
  return value?.kind === 'text' ? value.text : 'nothing';
}

test('the examples of docs/policy.md are one repository without a mistake', () => {
  const set = loadPolicySet(examples, shipped);
  expect(set.problems).toEqual([]);
  expect(set.targets.map(({ target }) => target.model)).toEqual([
    'ranking',
    'fraud-detector',
    'fraud-detector',
    'credit',
    'checkout',
    'pricing',
    'search',
    'recommender',
    'chargeback',
    'chargeback',
    'search-v2',
    'churn',
  ]);
});

test('every key is on the page', () => {
  const keys = new Set<string>();
  for (const { text } of writeJsonSchemas()) {
    JSON.parse(text, (key, value) => {
      if (key === 'properties') for (const name of Object.keys(value)) keys.add(name);
      return value;
    });
  }
  const texts = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  const quoted = new Set(texts.flatMap((text) => text.split(/\W+/)));
  expect([...keys].filter((key) => !quoted.has(key))).toEqual([]);
});

test.each(KEYS)('the default of %s on the page is that of review-only', (key) => {
  const preset = shipped.find(({ name }) => name === 'review-only');
  const line = tableLines.find((cells) => cells.startsWith(`\`${key}\``));
  expect(line?.split(' | ').at(-1)).toBe(`\`${preset && saysAbout(key, preset)}\``);
});

test('the table of presets says what policies/ says', () => {
  const head = ['', ...shipped.map(({ name }) => `\`${name}\``)].join(' | ');
  const lines = KEYS.map((key) =>
    [`\`${key}\``, ...shipped.map((preset) => saysAbout(key, preset))].join(' | '),
  );
  const start = tableLines.indexOf(head);
  expect(start).toBeGreaterThan(0);
  expect(tableLines.slice(start + 2, start + 2 + lines.length)).toEqual(lines);
});

/** What a shipped preset's monitor is bad at, and how pressing that is. */
function boundOf(
  monitor: string,
  preset: { readonly name: string; readonly text: string },
): string {
  const says = (key: string) => {
    const said = saysAbout(`monitors.${monitor}.${key}`, preset);
    return said === 'nothing' ? undefined : said;
  };
  const { tree } = readTree(preset.name, preset.text);
  if (!tree || !treeAt(tree, ['monitors', monitor])) return '';
  const bounds = [
    ['below', says('threshold.below')],
    ['above', says('threshold.above') ?? says('share.above') ?? says('drift.above')],
    ['reaches', says('earlyWarning.above')],
    [says('regression.worse') ?? '', says('regression.by')],
  ].flatMap(([word, bound]) => (bound === undefined ? [] : [`${word} ${bound}`]));
  const [bound = 'what you say'] = bounds;
  return [bound, says('urgency') ?? 'arms'].join(', ');
}

test('the table of the presets’ monitors says what policies/ says', () => {
  const watching = shipped.filter(({ text }) => text.includes('\nmonitors:\n'));
  const names = watching.flatMap(({ name, text }) => {
    const tree = readTree(name, text).tree;
    const found = tree && treeAt(tree, ['monitors']);
    return found?.kind === 'map' ? [...found.entries.keys()] : [];
  });
  const all = [...new Set(names)].sort();
  const lines = all.map((name) =>
    [`\`${name}\``, ...watching.map((preset) => boundOf(name, preset))].join(' | '),
  );
  const head = ['', ...watching.map(({ name }) => `\`${name}\``)].join(' | ');
  const start = tableLines.indexOf(head);
  expect(tableLines.slice(start + 2, start + 2 + lines.length)).toEqual(lines);
  expect(all.length).toBeGreaterThan(10);
});
