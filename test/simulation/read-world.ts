import {
  featuresFile,
  modelFile,
  policyFile,
  readPair,
  readPolicy,
  type Pair,
  type Policy,
} from './manifests.ts';
import type { World } from './world.ts';

/** What stands in a file at a commit. */
export function textAt({ git }: World, commit: string, path: string): string | undefined {
  const file = git.history.filesOf(commit).get(path);
  return file && git.history.text(file.oid);
}

/** The pair that runs at a commit; each part is absent when it cannot be read. */
export function pairAt(world: World, commit: string, model: string): ReturnType<typeof readPair> {
  return readPair(
    textAt(world, commit, modelFile(model)),
    textAt(world, commit, featuresFile(model)),
  );
}

/** The pair on the default branch now. */
export function pairOf(world: World, model: string): Promise<ReturnType<typeof readPair>> {
  return Promise.resolve(pairAt(world, world.repository.head() ?? '', model));
}

/** The policy of a model at a commit; undefined when it is broken or gone. */
export function policyAt(world: World, commit: string, model: string): Policy | undefined {
  const text = textAt(world, commit, policyFile(model)) ?? '';
  const known = policies.get(text);
  if (known !== undefined) return known ?? undefined;
  if (policies.size > 5_000) policies.clear();
  const policy = readPolicy(text);
  policies.set(text, policy ?? null);
  return policy;
}

/** To read YAML costs more than everything else that is worked out from history. */
const policies = new Map<string, Policy | null>();

export function isWhole(pair: Partial<Pair>): pair is Pair {
  return pair.model !== undefined && pair.features !== undefined;
}

/** The commits of the default branch's first-parent history as of a commit, newest first. */
export function* firstParents({ git }: World, from: string): Generator<string> {
  for (let next: string | undefined = from; next !== undefined;) {
    yield next;
    next = git.history.commit(next).parents[0];
  }
}

/** The commit that brought what runs of a model at a commit: the oldest one in a row with the same pair. */
export function releaseAt(world: World, commit: string, model: string): string {
  const now = JSON.stringify(pairAt(world, commit, model), ['model', 'features']);
  let brought = commit;
  for (const oid of firstParents(world, commit)) {
    if (JSON.stringify(pairAt(world, oid, model), ['model', 'features']) !== now) break;
    brought = oid;
  }
  return brought;
}

/** A trailer of the record that a rollback's commit carries. */
export function trailersOf(world: World, commit: string, key: string): readonly string[] {
  const { message } = world.git.history.commit(commit);
  return [...message.matchAll(new RegExp(`^Lastgood-${key}: (.*)$`, 'gm'))].map(
    ([, value = '']) => value,
  );
}

/** The pair that a rollback's commit says it goes to or from. */
export function toldPair(world: World, commit: string, key: 'From' | 'To'): Partial<Pair> {
  return Object.fromEntries(
    trailersOf(world, commit, key).map((line) => line.split('=', 2) as [string, string]),
  );
}

/** The model and the bad commit of a rollback's branch. */
export function incidentIn(branch: string): { readonly model: string; readonly bad: string } {
  const [, model = '', bad = ''] = /^lastgood\/.+\/([^/]+)\/([0-9a-f]{40})$/.exec(branch) ?? [];
  return { model, bad };
}
