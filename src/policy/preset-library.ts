import { parseTree } from './explain.ts';
import type { PolicyProblem } from './policy.ts';
import { readTree } from './read-tree.ts';
import { presetSchema } from './schema/files.ts';
import { nearestName } from '../nearest-name.ts';
import { laySettings } from './lay-settings.ts';
import { quote, treeAt, withoutKeys } from './tree.ts';
import type { Location, MapTree, Tree } from './tree.ts';

/** A longer chain of presets is a mistake that nobody could read. */
const DEEPEST = 20;

const NOT_IN_PRESETS = Object.fromEntries(
  ['model', 'owners', 'environments', 'pins'].map((key) => [
    key,
    `\`${key}\` belongs in a policy file, which can extend this preset`,
  ]),
);

/** The text of a preset and what it is called. */
export interface PresetSource {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** One that comes with Lastgood. */
export type ShippedPreset = Omit<PresetSource, 'file'>;

interface Preset {
  readonly name: string;
  readonly file: string;
  /** Absent: the file is not a mapping. */
  readonly tree?: MapTree;
  readonly extends: readonly Mention[];
  /** Its own mistakes, without those of the presets it extends. */
  readonly problems: readonly PolicyProblem[];
}

/** A preset's name where it stands in an `extends`. */
interface Mention {
  readonly name: string;
  readonly at: Location;
}

/** The presets of a repository, shipped ones included. */
export interface PresetLibrary {
  /** Every mistake in a preset, those it inherits by its `extends` included. */
  readonly problems: readonly PolicyProblem[];
  /** What a file's `extends` comes to: the settings to lie below its own, or why there are none. */
  below(tree: MapTree): { readonly settings?: Tree; readonly problems: readonly PolicyProblem[] };
}

/**
 * Reads every preset. A repository's preset may not have the name of a shipped one: a file that says
 * `extends: online-critical` means the same in every repository.
 */
export function readPresets(
  shipped: readonly ShippedPreset[],
  own: readonly PresetSource[],
): PresetLibrary {
  const presets = new Map<string, Preset>();
  const extra: PolicyProblem[] = [];
  for (const source of shipped) presets.set(source.name, readShipped(source));
  for (const source of own) {
    const taken = presets.get(source.name);
    const preset = readPreset(source);
    if (!taken) {
      presets.set(source.name, preset);
      continue;
    }
    const problem = {
      file: source.file,
      line: 1,
      column: 1,
      message: `the name ${quote(source.name)} belongs to ${taken.file} already`,
      expected: 'one preset of a name, shipped ones included',
      suggestion: `rename this file; it can still say \`extends: ${source.name}\``,
    };
    // Whoever extends the name may mean this one: it is not guessed.
    presets.set(source.name, { ...taken, problems: [...taken.problems, problem] });
    extra.push(...preset.problems);
  }

  const mistakes = findMistakes(presets);
  const below = (tree: MapTree) => {
    const mentions = mentionsIn(tree);
    const problems = mentions.flatMap((mention) => refuse(mention, presets, mistakes));
    if (problems.length > 0 || mentions.length === 0) return { problems };
    const settings = inOrder(mentions, presets)
      .flatMap(({ tree }) => (tree ? [tree] : []))
      .reduce<Tree>(laySettings, { kind: 'map', entries: new Map(), at: tree.at });
    return { settings, problems };
  };
  return { problems: [...[...mistakes.values()].flat(), ...extra], below };
}

/** Those that come with Lastgood are the same at every reading of every repository's policies. */
const readBefore = new WeakMap<ShippedPreset, Preset>();

function readShipped(source: ShippedPreset): Preset {
  const known = readBefore.get(source);
  if (known) return known;
  const { name, text } = source;
  const preset = readPreset({ name, text, file: `policies/${name}.yaml` });
  readBefore.set(source, preset);
  return preset;
}

function readPreset({ name, file, text }: PresetSource): Preset {
  const { tree, problems, valid } = readTree(file, text);
  if (!tree || !valid) return { name, file, extends: [], problems };
  const parsed = parseTree(presetSchema, tree, NOT_IN_PRESETS);
  const all = [...problems, ...(parsed.ok ? [] : parsed.problems)];
  if (tree.kind !== 'map') return { name, file, extends: [], problems: all };
  const settings = withoutKeys(tree, ['extends']);
  return { name, file, tree: settings, extends: mentionsIn(tree), problems: all };
}

/** The names in a file's `extends`, first to last. */
function mentionsIn(tree: MapTree): readonly Mention[] {
  const value = treeAt(tree, ['extends']);
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  return items.flatMap((item) => (item.kind === 'text' ? [{ name: item.text, at: item.at }] : []));
}

/**
 * Everything wrong with each preset, by name: its own mistakes, and mentions of presets that are unknown, broken or
 * lead back to it. Depth first, so that a preset is known to be broken before it is asked for.
 */
function findMistakes(
  presets: ReadonlyMap<string, Preset>,
): ReadonlyMap<string, readonly PolicyProblem[]> {
  const mistakes = new Map<string, readonly PolicyProblem[]>();
  const depths = new Map<string, number>();
  const visit = (preset: Preset, above: readonly string[]): void => {
    const way = [...above, preset.name];
    const found = [...preset.problems];
    let depth = 1;
    for (const mention of preset.extends) {
      const from = way.indexOf(mention.name);
      const next = presets.get(mention.name);
      if (from >= 0) {
        found.push(cycle(mention, way.slice(from)));
        continue;
      }
      const seen = next === undefined || mistakes.has(next.name);
      if (!seen && way.length < DEEPEST) visit(next, way);
      depth = Math.max(depth, 1 + (depths.get(mention.name) ?? 0));
      const deep = depth > DEEPEST || (!seen && way.length >= DEEPEST);
      found.push(...(deep ? [tooDeep(mention)] : refuse(mention, presets, mistakes)));
    }
    mistakes.set(preset.name, found);
    depths.set(preset.name, depth);
  };
  for (const preset of presets.values()) if (!mistakes.has(preset.name)) visit(preset, []);
  return mistakes;
}

function tooDeep(mention: Mention): PolicyProblem {
  return {
    ...mention.at,
    message: `the preset ${quote(mention.name)} lies too deep`,
    expected: `at most ${DEEPEST} presets that extend each other`,
  };
}

function cycle(mention: Mention, names: readonly string[]): PolicyProblem {
  return {
    ...mention.at,
    message: `presets extend each other in a circle: ${[...names, mention.name].join(' → ')}`,
    expected: 'presets that end in one without `extends`',
    suggestion: `remove ${mention.name} here`,
  };
}

/** Why a mentioned preset cannot be used; empty when it can. */
function refuse(
  mention: Mention,
  presets: ReadonlyMap<string, Preset>,
  mistakes: ReadonlyMap<string, readonly PolicyProblem[]>,
): readonly PolicyProblem[] {
  const { name, at } = mention;
  if (!presets.has(name)) {
    const near = nearestName(name, presets.keys());
    return [
      {
        ...at,
        message: `there is no preset ${quote(name)}`,
        expected: `one of ${[...presets.keys()].sort().slice(0, 20).join(', ')}`,
        suggestion:
          near === undefined
            ? 'presets of your own stand in .lastgood/presets/<name>.yaml'
            : `did you mean \`${near}\``,
      },
    ];
  }
  const [first] = mistakes.get(name) ?? [];
  if (!first) return [];
  return [
    {
      ...at,
      message: `the preset ${quote(name)} has a mistake at ${first.file}:${first.line}:${first.column}`,
      suggestion: 'mend the preset, or extend another one',
    },
  ];
}

/**
 * Presets in the order they are laid over each other: depth first, each after the ones it extends. One that is
 * reached twice counts once, where it was reached first, so that it cannot undo what was built on it.
 */
function inOrder(
  mentions: readonly Mention[],
  presets: ReadonlyMap<string, Preset>,
  reached: Set<string> = new Set(),
): readonly Preset[] {
  return mentions.flatMap(({ name }) => {
    const preset = presets.get(name);
    if (!preset || reached.has(name)) return [];
    reached.add(name);
    return [...inOrder(preset.extends, presets, reached), preset];
  });
}
