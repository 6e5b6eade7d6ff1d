import { createRandom, pick } from './random.ts';
import type { Random } from './random.ts';
import { featuresFile, inferenceServiceFile, modelNames } from './sample-manifests.ts';
import type { ModelState } from './sample-manifests.ts';

export interface GeneratedCommit {
  /** Milliseconds since the epoch, whole seconds. */
  readonly at: number;
  readonly author: { readonly name: string; readonly email: string };
  readonly message: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** An endless history of a manifests repository; equal seeds make equal histories. */
export interface History {
  readonly models: readonly string[];
  /** The commit that brings every model. */
  first(): GeneratedCommit;
  /** What happens next; with a model, a release of it. */
  next(model?: string): GeneratedCommit;
}

const BEGIN = Date.UTC(2021, 0, 4, 8);
const AUTHORS = ['Ana Ruiz', 'Ben Okafor', 'Chen Wei', 'Dana Levi', 'Elif Kaya', 'Finn Berg'].map(
  (name) => ({ name, email: `${name.toLowerCase().replace(' ', '.')}@acme.example` }),
);

export function createHistory(options: { models: number; seed: number }): History {
  const random = createRandom(options.seed);
  const models = modelNames(options.models);
  const states = new Map(models.map((name) => [name, startOf(name, random)]));
  let at = BEGIN;
  let notes = 0;

  const commit = (message: string, files: GeneratedCommit['files']): GeneratedCommit => {
    // Commits come half an hour apart, more or less.
    at += (60 + random.below(3_480)) * 1_000;
    return { at, author: pick(AUTHORS, random), message, files };
  };

  return {
    models,
    first: () => commit('Bring all models\n', [...states.values()].flatMap(bothFiles)),
    next(model) {
      const roll = model === undefined ? random.below(100) : 0;
      const state = stateOf(states, model ?? pick(models, random));
      if (roll < 86) return release(state, commit, at, random);
      if (roll < 93) {
        state.replicas = 1 + ((state.replicas + random.below(7)) % 8);
        return commit(`Scale ${state.name} to ${state.replicas}\n`, [inferenceServiceFile(state)]);
      }
      notes++;
      const text = `# Runbook\n\nRevision ${notes}: call the owners first.\n`;
      return commit('Update the runbook\n', [{ path: `docs/runbook-${notes % 20}.md`, text }]);
    },
  };
}

function startOf(name: string, random: Random): ModelState {
  const snapshot = `fs-20210101-${random.hex(4)}`;
  return { name, version: 1, snapshot, replicas: 1 + random.below(8) };
}

function bothFiles(state: ModelState): GeneratedCommit['files'] {
  return [inferenceServiceFile(state), featuresFile(state)];
}

function release(
  state: ModelState,
  commit: (message: string, files: GeneratedCommit['files']) => GeneratedCommit,
  at: number,
  random: Random,
): GeneratedCommit {
  state.version++;
  const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  state.snapshot = `fs-${day}-${random.hex(4)}`;
  const body = `Trained on ${state.snapshot}.\n\nReviewed-by: ${pick(AUTHORS, random).name}\n`;
  return commit(`Release ${state.name} v${state.version}\n\n${body}`, bothFiles(state));
}

function stateOf(states: ReadonlyMap<string, ModelState>, name: string): ModelState {
  const state = states.get(name);
  if (!state) throw new Error(`There is no model named ${name} in this repository.`);
  return state;
}
