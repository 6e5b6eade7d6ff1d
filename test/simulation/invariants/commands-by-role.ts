import { SECOND } from '../../../src/time.ts';
import { firstParents, incidentIn, pairAt } from '../read-world.ts';
import { mightCommand, modelOf } from '../roles.ts';
import type { SaidCommand } from '../record.ts';
import { rollbacks } from '../steps/step.ts';
import { TAMPERED_AT } from '../steps/tamper.ts';
import { freezeAt, modelStateAt, type Mark, type Stop } from '../state-branch.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/**
 * Whatever Lastgood wrote into its state, and every rollback that a person asked for, goes back to something that
 * somebody said who might: then, by the policy, and not edited since. What stands in the state goes the same way, or when
 * its time is up. A reland is for one release, which brought back what it was about.
 */
export const commandsByRole: Invariant = {
  name: 'commands need their role',
  after(world) {
    if (!world.beginning.talk) return [];
    return [...judgeState(world), ...judgeRollbacks(world)];
  },
};

function judgeRollbacks(world: World): readonly string[] {
  const last = world.record.moments.at(-1);
  return rollbacks(world).flatMap(({ number, headRef }) => {
    const { asked } = last?.pulls.get(number) ?? {};
    if (!asked || wasSaid(world, asked, 'rollback', incidentIn(headRef).model, Infinity)) return [];
    return [`#${number} was opened for ${asked.login}, who may not`];
  });
}

/** Whether somebody said something at a moment who might. */
function wasSaid(
  world: World,
  { login, at }: { readonly login: string; readonly at: number },
  name: SaidCommand['name'],
  model: string | undefined,
  until: number,
): boolean {
  return world.record.said.some(
    (said) =>
      said.login === login &&
      said.at === at &&
      said.commands.some(
        (one) =>
          one.name === name &&
          (model === undefined || modelOf(world, said, one) === model) &&
          mightCommand(world, said, one, until),
      ),
  );
}

/** Whether anybody said something before a moment who might. */
function wasSaidBefore(
  world: World,
  name: SaidCommand['name'],
  model: string | undefined,
  until: number,
): boolean {
  return world.record.said.some(
    (said) =>
      said.seq < until &&
      said.commands.some(
        (one) =>
          one.name === name &&
          (model === undefined || modelOf(world, said, one) === model) &&
          mightCommand(world, said, one, until),
      ),
  );
}

interface Written {
  readonly commit: string;
  readonly seq: number;
}

function judgeState(world: World): readonly string[] {
  const all = ownCommits(world);
  return all.flatMap((written, i) => {
    const earlier = all.slice(0, i);
    const models = world.beginning.models.flatMap(({ name }) => {
      const isBroken = ({ commit }: Written): boolean => modelStateAt(world, commit, name).broken;
      // What nobody can read says nothing, and what it said before still counts.
      if (isBroken(written)) return [];
      const before = earlier.findLast((one) => !isBroken(one));
      return judgeModel(world, name, written, before);
    });
    const isBroken = ({ commit }: Written): boolean => freezeAt(world, commit) === 'broken';
    if (isBroken(written)) return models;
    const before = earlier.findLast((one) => !isBroken(one));
    const freeze = stopAt(world, written, undefined);
    return [...models, ...judgeStop(world, undefined, freeze, before, written)];
  });
}

/** Lastgood's own commits of its state, oldest first. */
function ownCommits(world: World): readonly Written[] {
  const main = new Set(firstParents(world, world.repository.head() ?? ''));
  const known = new Map<string, Written>();
  for (const { commit: head, seq } of world.record.states) {
    const fresh: Written[] = [];
    for (const commit of firstParents(world, head)) {
      if (main.has(commit) || known.has(commit)) break;
      if (world.git.history.commit(commit).author.name === 'lastgood[bot]') {
        fresh.push({ commit, seq });
      }
    }
    for (const one of fresh.toReversed()) known.set(one.commit, one);
  }
  return [...known.values()];
}

function stopAt(world: World, { commit }: Written, model: string | undefined): Stop | undefined {
  if (model !== undefined) return modelStateAt(world, commit, model).hold;
  const freeze = freezeAt(world, commit);
  return freeze === 'broken' ? undefined : freeze;
}

function judgeStop(
  world: World,
  model: string | undefined,
  stop: Stop | undefined,
  before: Written | undefined,
  { commit, seq }: Written,
): readonly string[] {
  const [name, lifts, what] =
    model === undefined
      ? (['freeze', 'unfreeze', 'the freeze'] as const)
      : (['hold', 'unhold', `the hold of ${model}`] as const);
  const earlier = before && stopAt(world, before, model);
  if (stop) {
    if (earlier?.at === stop.at && earlier.login === stop.login) return [];
    if (isTampered(stop) || wasSaid(world, stop, name, model, seq)) return [];
    return [`${what} by ${stop.login} in ${commit.slice(0, 8)} was never said`];
  }
  if (!earlier || !before) return [];
  const { at } = world.git.history.commit(commit).committer;
  if (earlier.until <= at + SECOND || forgot(world, before, seq)) return [];
  if (wasSaidBefore(world, lifts, model, seq)) return [];
  return [
    `${what} by ${earlier.login} was lifted in ${commit.slice(0, 8)}, and nobody who may said so`,
  ];
}

function isTampered({ at }: { readonly at: number }): boolean {
  return at === Date.parse(TAMPERED_AT);
}

/** Whether Lastgood cannot know what it wrote: somebody took it away, and its database was lost. */
function forgot({ record }: World, { seq }: Written, until: number): boolean {
  const within = (one: number): boolean => one > seq && one < until;
  return record.tampered.some(within) && record.losses.some((loss) => loss < until);
}

function judgeModel(
  world: World,
  model: string,
  written: Written,
  before: Written | undefined,
): readonly string[] {
  const { commit, seq } = written;
  const { hold, quarantine, relands } = modelStateAt(world, commit, model);
  const found = [...judgeStop(world, model, hold, before, written)];
  for (const mark of quarantine) {
    if (mark.incident !== undefined ? wasRolledBack(world, mark) : isTampered(mark)) continue;
    if (mark.incident === undefined && wasSaid(world, mark, 'quarantine', model, seq)) continue;
    found.push(`the quarantine of ${JSON.stringify(mark.pins)} was never said`);
  }
  for (const mark of relands) {
    const { pins, at, used } = mark;
    if (!isTampered(mark) && !wasSaid(world, mark, 'reland', model, seq)) {
      found.push(`the reland of ${JSON.stringify(pins)} by ${mark.login} was never said`);
    }
    if (used === undefined) continue;
    const release = world.git.history.commit(used).committer.at;
    const brought = pairAt(world, used, model).model === pins['model'];
    if (!brought || release < at - SECOND)
      found.push(`${used.slice(0, 8)} used a reland of another`);
    if (relands.filter((one) => one.used === used).length > 1) {
      found.push(`${used.slice(0, 8)} used two relands`);
    }
  }
  const earlier = before ? modelStateAt(world, before.commit, model) : undefined;
  if (earlier && before && !forgot(world, before, seq)) {
    const lost = earlier.quarantine.filter((one) => !quarantine.some((mark) => isSame(one, mark)));
    for (const { pins } of lost) found.push(`the quarantine of ${JSON.stringify(pins)} is gone`);
  }
  return found;
}

function isSame(one: Mark, other: Mark): boolean {
  return one.at === other.at && one.login === other.login && one.incident === other.incident;
}

/** However it was merged: a person's merge may leave the record of it to the second parent. */
function wasRolledBack(world: World, { incident }: Mark): boolean {
  return rollbacks(world).some(
    ({ headRef, mergedAt }) => mergedAt !== undefined && incidentIn(headRef).bad === incident,
  );
}
