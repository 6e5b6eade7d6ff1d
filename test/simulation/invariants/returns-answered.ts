import { HOUR } from '../../../src/time.ts';
import { ENVIRONMENT } from '../manifests.ts';
import {
  firstParents,
  isWhole,
  pairAt,
  policyAt,
  releaseAt,
  toldPair,
  trailersOf,
} from '../read-world.ts';
import { modelStateAt } from '../state-branch.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/** Lastgood does not look at what came back longer ago. */
const RECENT = 12 * HOUR;

/**
 * A version that a rollback went away from, and that people bring back past the check, is answered, unless somebody who
 * may let it back: then it is not, for exactly one release.
 */
export const returnsAnswered: Invariant = {
  name: 'returns are answered',
  after(world) {
    const { record, beginning } = world;
    // What was lost or meddled with is for people.
    if (record.losses.length > 0 || record.tampered.length > 0) return [];
    return beginning.models.flatMap(({ name }) => judge(world, name));
  },
};

function judge(world: World, model: string): readonly string[] {
  const { record, git, repository } = world;
  const head = repository.head() ?? '';
  if (!policyAt(world, head, model)) return [];
  const release = releaseAt(world, head, model);
  const { committer, parents } = git.history.commit(release);
  const [parent] = parents;
  if (parent === undefined || committer.at < world.now() - RECENT) return [];
  if (trailersOf(world, release, 'Target').length > 0) return [];
  const is = pairAt(world, release, model);
  const was = pairAt(world, parent, model);
  if (!isWhole(is) || !isWhole(was) || is.model === was.model) return [];
  if (!wasRolledBack(world, parent, model, is.model)) return [];
  const { relands } = modelStateAt(world, record.states.at(-1)?.commit, model);
  const own = relands.filter(({ pins }) => pins['model'] === is.model);
  const fingerprint = `returned ${ENVIRONMENT}/${model} ${release}`;
  const answered = record.entries.some(
    ({ entry }) => entry.kind === 'decided' && entry.alert.fingerprint === fingerprint,
  );
  const about = `${is.model} of ${model}, which ${release.slice(0, 8)} brought back,`;
  if (own.some(({ used }) => used === release)) {
    return answered ? [`${about} was let back and is answered`] : [];
  }
  // One that waits for its release may have been given since.
  if (answered || own.some(({ used }) => used === undefined)) return [];
  return [`${about} is not answered`];
}

/** Whether a rollback of Lastgood went away from a version, as of a commit. */
function wasRolledBack(world: World, commit: string, model: string, version: string): boolean {
  return [...firstParents(world, commit)].some((oid) => {
    if (trailersOf(world, oid, 'Target')[0] !== `${ENVIRONMENT}/${model}`) return false;
    const from = toldPair(world, oid, 'From').model;
    return from === version && toldPair(world, oid, 'To').model !== from;
  });
}
