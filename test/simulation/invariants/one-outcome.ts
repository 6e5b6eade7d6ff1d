import type { Pull } from '../../../fixtures/hub/state.ts';
import { MINUTE } from '../../../src/time.ts';
import { journalOf, type Line } from '../journal-branch.ts';
import { incidentIn, isWhole, pairAt, policyAt } from '../read-world.ts';
import { rollbacks } from '../steps/step.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/** What ends an incident after its merge, for good. */
const FINAL = new Set(['verified', 'unwatched', 'superseded', 'given-up']);

/**
 * The journal tells how each rollback ended, once: merged, and what came of it; or closed. It says nothing of the kind
 * about one that is open.
 */
export const oneOutcome: Invariant = {
  name: 'one recorded outcome',
  after(world) {
    const lines = journalOf(world);
    return rollbacks(world)
      .filter((pull) => pull.author.login === 'lastgood[bot]' && !isWithdrawn(pull))
      .flatMap((pull) => {
        const about = lines.filter(({ facts }) => facts['pull'] === pull.number);
        return wrongWith(pull, about, canTell(world, pull)).map(
          (what) => `#${pull.number} (${pull.headRef}): ${what}`,
        );
      });
  },
};

/**
 * Opened and closed again at once, because the incident had its turn already: of that one an outcome is told. People who
 * write the same into a text do not make it so: nothing closes one of theirs without a word in the journal.
 */
function isWithdrawn({ body, state, closedAt, createdAt }: Pull): boolean {
  const atOnce = closedAt !== undefined && closedAt - createdAt < MINUTE;
  return state === 'closed' && atOnce && body.includes('<!-- lastgood:withdrawn -->');
}

/** Whether what runs, and what its owners want to know of it, can be read by now. */
function canTell(world: World, { headRef }: Pull): boolean {
  const head = world.repository.head() ?? '';
  const { model } = incidentIn(headRef);
  return isWhole(pairAt(world, head, model)) && policyAt(world, head, model) !== undefined;
}

function wrongWith(pull: Pull, about: readonly Line[], canTell: boolean): readonly string[] {
  const merged = about.filter(({ kind }) => kind === 'merged').length;
  const ends = about.filter(({ facts }) => FINAL.has(String(facts['happened'])));
  if (pull.mergedAt !== undefined) {
    const told = ends.map(({ seq, facts }) => `${String(facts['happened'])} (${seq})`).join(', ');
    return [
      ...(merged === 1 ? [] : [`merged, and the journal says so ${merged} times`]),
      ...(ends.length === 1 || (ends.length === 0 && !canTell)
        ? []
        : [`merged, and its ends are: ${told || 'none'}`]),
    ];
  }
  if (merged > 0) return ['not merged, and the journal says that it is'];
  const last = about.findLast(({ kind }) => STATES.has(kind))?.kind;
  // Somebody may have opened it again, which is told by its check and its text.
  if (pull.state === 'open') return [];
  return last === 'closed'
    ? []
    : [`closed, and the last the journal knows is: ${last ?? 'nothing'}`];
}

const STATES = new Set(['proposed', 'adopted', 'renewed', 'merged', 'closed']);
