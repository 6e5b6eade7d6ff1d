import { isEnvironment, isName } from '../target.ts';
import type { Target } from '../target.ts';
import { parseTree } from './explain.ts';
import type { PolicyProblem, TargetPolicy } from './policy.ts';
import type { PresetLibrary } from './preset-library.ts';
import { readTree } from './read-tree.ts';
import { resolveTarget } from './resolve-target.ts';
import { policySchema } from './schema/files.ts';
import { laySettings } from './lay-settings.ts';
import { treeAt, withoutKeys } from './tree.ts';
import type { Location, MapTree, Tree } from './tree.ts';

/** A policy file as read by itself, before it is compared with the others. */
export interface PolicyFileReading {
  readonly file: string;
  /** The targets it is about, as far as it can be read, and where it says so. */
  readonly claims: readonly { readonly target: Target; readonly at: Location }[];
  /** Whether the claims are certain: the file is valid YAML. */
  readonly certain: boolean;
  /** Complete policies; empty when there are problems. */
  readonly targets: readonly TargetPolicy[];
  readonly problems: readonly PolicyProblem[];
}

/** Reads one policy file and lays its settings over those of the presets it extends. */
export function readPolicyFile(
  file: string,
  text: string,
  presets: PresetLibrary,
): PolicyFileReading {
  const { tree, problems, valid } = readTree(file, text);
  const claims = tree ? findClaims(tree) : [];
  const broken = (found: readonly PolicyProblem[]): PolicyFileReading => ({
    file,
    claims,
    certain: valid,
    targets: [],
    problems: found,
  });
  if (!tree || !valid) return broken(problems);
  const parsed = parseTree(policySchema, tree);
  if (tree.kind !== 'map' || !parsed.ok) {
    const inherited = tree.kind === 'map' ? presets.below(tree).problems : [];
    return broken([...problems, ...(parsed.ok ? [] : parsed.problems), ...inherited]);
  }
  const { settings: below, problems: inherited } = presets.below(tree);
  const resolved = Object.entries(parsed.value.environments).map(([environment, { pins }]) =>
    resolveTarget({
      file,
      target: { model: parsed.value.model, environment },
      pins,
      tree,
      settings: settingsOf(tree, environment, below),
    }),
  );
  const found = [...problems, ...inherited, ...resolved.flatMap((one) => one.problems)];
  if (found.length > 0) return broken(found);
  return { ...broken([]), targets: resolved.map((one) => one.policy) };
}

/** What holds in one environment: presets, below the top of the file, below the environment's own settings. */
function settingsOf(tree: MapTree, environment: string, below: Tree | undefined): Tree {
  const top = withoutKeys(tree, ['extends', 'model', 'environments']);
  const own = treeAt(tree, ['environments', environment]);
  const file = own?.kind === 'map' ? laySettings(top, withoutKeys(own, ['pins'])) : top;
  return below ? laySettings(below, file) : file;
}

function findClaims(tree: Tree): PolicyFileReading['claims'] {
  const model = treeAt(tree, ['model']);
  const environments = treeAt(tree, ['environments']);
  if (model?.kind !== 'text' || !isName(model.text) || environments?.kind !== 'map') return [];
  return [...environments.entries]
    .filter(([environment]) => isEnvironment(environment))
    .map(([environment, { key }]) => ({ target: { model: model.text, environment }, at: key }));
}
