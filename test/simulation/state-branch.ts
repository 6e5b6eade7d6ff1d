import { parse } from 'yaml';
import type { Instant } from '../../src/time.ts';
import { ENVIRONMENT } from './manifests.ts';
import { textAt } from './read-world.ts';
import type { Moment } from './record.ts';
import type { World } from './world.ts';

/** Where Lastgood keeps its state, as its documentation says. */
export const STATE_BRANCH = 'lastgood/state';

export function targetFile(model: string): string {
  return `.lastgood/state/targets/${ENVIRONMENT}/${model}.yaml`;
}

export const REPOSITORY_FILE = '.lastgood/state/repository.yaml';

/** Who said a part of the state, and when. */
interface Told {
  readonly login: string;
  readonly at: Instant;
}

export type Stop = Told & { readonly until: Instant };

export type Mark = Told & {
  readonly pins: Readonly<Record<string, string>>;
  readonly incident?: string;
  readonly used?: string;
};

/** What the state says of a model. */
export interface ModelState {
  readonly hold?: Stop;
  readonly quarantine: readonly Mark[];
  readonly relands: readonly Mark[];
  /** Nobody can read it, or somebody emptied it. */
  readonly broken: boolean;
}

const NOTHING: ModelState = { quarantine: [], relands: [], broken: false };

/** What the state says of a model at a commit of its branch. Reads it without the product's help. */
export function modelStateAt(world: World, commit: string | undefined, model: string): ModelState {
  const read = readAt(world, commit, targetFile(model));
  if (read === undefined) return NOTHING;
  if (read === 'broken') return { ...NOTHING, broken: true };
  const { hold, quarantine = [], relands = [] } = read;
  return {
    ...(hold && { hold: stopOf(hold) }),
    quarantine: quarantine.map(markOf),
    relands: relands.map(markOf),
    broken: false,
  };
}

/** Whether a version of a model is quarantined at a commit of the state's branch, and was not let back since. */
export function isMarked(
  world: World,
  commit: string | undefined,
  model: string,
  version: string | undefined,
): boolean {
  const { quarantine, relands } = modelStateAt(world, commit, model);
  const is = ({ pins }: Mark): boolean => pins['model'] === version;
  const last = quarantine.findLast(is);
  return last !== undefined && !relands.some((one) => is(one) && one.at >= last.at);
}

/** The freeze of the repository at a commit of the state's branch. */
export function freezeAt(world: World, commit: string | undefined): Stop | 'broken' | undefined {
  const read = readAt(world, commit, REPOSITORY_FILE);
  if (read === undefined || read === 'broken') return read;
  return read.freeze && stopOf(read.freeze);
}

/** What keeps Lastgood from merging for a model at a moment, as far as it must know of it. */
export interface Stops {
  readonly held: boolean;
  readonly frozen: boolean;
  /** Somebody else than Lastgood wrote to the branch last. */
  readonly untrusted: boolean;
  readonly broken: boolean;
}

/**
 * What stands in the way at a moment. What Lastgood itself wrote last counts whatever others did to the branch, unless
 * the database that remembers it was lost; what others wrote counts as well.
 */
export function stopsAt(world: World, { state, now }: Moment, model: string): Stops {
  const { head, own, ownSeq } = state;
  const remembered = head === own || !world.record.losses.some((loss) => loss > ownSeq);
  const said = remembered ? world.record.states.filter(({ seq }) => seq <= ownSeq) : [];
  // What somebody broke says nothing, and what it said before still counts.
  const lastStop = said.findLast(({ commit }) => !modelStateAt(world, commit, model).broken);
  const lastFreeze = said.findLast(({ commit }) => freezeAt(world, commit) !== 'broken');
  const seen = modelStateAt(world, head, model);
  const stops = [seen, modelStateAt(world, lastStop?.commit, model)];
  const freezes = [freezeAt(world, head), freezeAt(world, lastFreeze?.commit)];
  const stands = (stop: Stop | undefined): boolean => stop !== undefined && stop.until > now;
  return {
    held: stops.some(({ hold }) => stands(hold)),
    frozen: freezes.some((freeze) => freeze !== 'broken' && stands(freeze)),
    untrusted: head !== own && remembered,
    broken: seen.broken || freezes[0] === 'broken',
  };
}

interface StopShape {
  readonly by?: { readonly login?: string };
  readonly at?: string;
  readonly until?: string;
}

type MarkShape = StopShape & {
  readonly pins?: Readonly<Record<string, string>>;
  readonly incident?: string;
  readonly used?: string;
};

interface FileShape {
  readonly freeze?: StopShape;
  readonly hold?: StopShape;
  readonly quarantine?: readonly MarkShape[];
  readonly relands?: readonly MarkShape[];
}

const read = new Map<string, FileShape | 'broken'>();

function readAt(
  world: World,
  commit: string | undefined,
  path: string,
): FileShape | 'broken' | undefined {
  const text = commit === undefined ? undefined : textAt(world, commit, path);
  if (text === undefined) return undefined;
  const known = read.get(text);
  if (known !== undefined) return known;
  if (read.size > 2_000) read.clear();
  const shape = shapeOf(text);
  read.set(text, shape);
  return shape;
}

function shapeOf(text: string): FileShape | 'broken' {
  try {
    const shape: unknown = parse(text);
    // An emptied file hides what stood there as a broken one does: Lastgood writes none, it takes the file away.
    return typeof shape === 'object' && shape !== null ? shape : 'broken';
  } catch {
    return 'broken';
  }
}

function stopOf({ until, ...told }: StopShape): Stop {
  return { ...toldOf(told), until: until === undefined ? Infinity : Date.parse(until) };
}

function markOf({ pins = {}, incident, used, ...told }: MarkShape): Mark {
  return {
    ...toldOf(told),
    pins,
    ...(incident !== undefined && { incident }),
    ...(used !== undefined && { used }),
  };
}

function toldOf({ by, at = '' }: StopShape): Told {
  return { login: by?.login ?? '', at: Date.parse(at) };
}
