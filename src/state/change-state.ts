import { sameSuspect } from '../releases/suspects.ts';
import { sameVersions } from '../releases/versions.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { stateMessage } from '../texts/state.ts';
import type { Instant } from '../time.ts';
import type { Change, StateFile, StateOutcome } from './change.ts';
import { isActive } from './look-up.ts';
import { stateOf, statePath, REPOSITORY_STATE } from './state.ts';
import type { Quarantine, Restriction, State, TargetState } from './state.ts';
import { writeRepositoryState, writeTargetState } from './write-state.ts';

/**
 * What a change makes of the state: the files to write and the message of the commit, or that it is so already. Pure;
 * a change that is made twice changes nothing the second time.
 */
export function changeState(state: State, change: Change): StateOutcome {
  const next = apply(state, change);
  if (!next) return { kind: 'already' };
  const files = changedFiles(state, next);
  const lost = files.find(({ path }) => state.unreadable.has(path));
  if (lost) return { kind: 'unreadable', file: lost.path };
  if (files.length === 0) return { kind: 'already' };
  return { kind: 'changed', state: next, files, message: stateMessage(change) };
}

/** The state after the change; undefined when it is so already. */
function apply(state: State, change: Change): State | undefined {
  if ('target' in change) {
    const after = applyToTarget(stateOf(state, change.target), change);
    return after && withTarget(state, after);
  }
  switch (change.kind) {
    case 'expire':
      return expire(state, change.at);
    case 'freeze': {
      const freeze = longer(state.freeze, change);
      return freeze && { ...state, freeze };
    }
    case 'unfreeze':
      return state.freeze && thaw(state);
  }
}

type OfTarget = Exclude<Change, { kind: 'expire' | 'freeze' | 'unfreeze' }>;

function applyToTarget(state: TargetState, change: OfTarget): TargetState | undefined {
  switch (change.kind) {
    case 'hold': {
      const hold = longer(state.hold, change);
      return hold && { ...state, hold };
    }
    case 'unhold':
      return state.hold && letGo(state);
    case 'baseline': {
      const { commit, pins, by, at, reason } = change;
      const { baseline } = state;
      if (baseline?.commit === commit && sameVersions(baseline.pins, pins)) return undefined;
      return {
        ...state,
        baseline: { commit, pins, by, at, ...(reason !== undefined && { reason }) },
      };
    }
    case 'quarantine':
      return isKnown(state, change) ? undefined : addQuarantine(state, change);
    case 'reland': {
      const { pins, by, at, reason } = change;
      if (hasOpenReland(state, change.pins)) return undefined;
      return { ...state, relands: [...state.relands, { pins, by, at, reason }] };
    }
    case 'used': {
      const { pins, commit } = change;
      if (state.relands.some(({ used }) => used === commit)) return undefined;
      const open = state.relands.findLastIndex(
        (one) => one.used === undefined && sameSuspect(one.pins, pins),
      );
      if (open < 0) return undefined;
      const relands = state.relands.map((one, i) => (i === open ? { ...one, used: commit } : one));
      return { ...state, relands };
    }
  }
}

/** A restriction that lasts longer than the one there is; undefined when that lasts as long. */
function longer(
  before: Restriction | undefined,
  { by, at, until, reason }: Restriction & { readonly at: Instant },
): Restriction | undefined {
  const lasts = before && isActive(before, at) && (before.until ?? Infinity) >= (until ?? Infinity);
  if (lasts) return undefined;
  return {
    ...(by && { by }),
    at,
    ...(until !== undefined && { until }),
    ...(reason !== undefined && { reason }),
  };
}

/** A rollback is written down once; somebody's word counts again once a reland answered the one before. */
function isKnown(state: TargetState, change: OfTarget & { readonly kind: 'quarantine' }): boolean {
  const same = state.quarantine.filter(({ pins }) => sameSuspect(pins, change.pins));
  if (change.incident !== undefined) {
    return same.some(({ incident }) => incident === change.incident);
  }
  const last = same.at(-1);
  if (!last) return false;
  return !state.relands.some(
    ({ pins, at }) => sameSuspect(pins, change.pins) && at >= (last.at ?? Infinity),
  );
}

function addQuarantine(
  state: TargetState,
  { pins, by, incident, at, reason }: OfTarget & { readonly kind: 'quarantine' },
): TargetState {
  const added: Quarantine = {
    pins,
    ...(by && { by }),
    ...(incident !== undefined && { incident }),
    at,
    reason,
  };
  // A rollback may be written down late: the list is in the order of what happened.
  const later = state.quarantine.findIndex((one) => (one.at ?? -Infinity) > at);
  const quarantine = state.quarantine.toSpliced(
    later === -1 ? state.quarantine.length : later,
    0,
    added,
  );
  return { ...state, quarantine };
}

/** Whether a reland of the same suspect waits for its release, and nobody quarantined it since. */
function hasOpenReland(state: TargetState, suspect: TargetState['quarantine'][number]['pins']) {
  const open = state.relands.findLast(
    ({ pins, used }) => used === undefined && sameSuspect(pins, suspect),
  );
  return (
    open !== undefined &&
    state.quarantine
      .filter(({ pins }) => sameSuspect(pins, suspect))
      .every(({ at }) => (at ?? Infinity) <= open.at)
  );
}

function expire(state: State, now: Instant): State {
  const targets = new Map<TargetKey, TargetState>();
  for (const [key, one] of state.targets) {
    const over = one.hold && !isActive(one.hold, now);
    targets.set(key, over ? letGo(one) : one);
  }
  const over = state.freeze && !isActive(state.freeze, now);
  return { ...(over ? thaw(state) : state), targets };
}

function withTarget(state: State, one: TargetState): State {
  return { ...state, targets: new Map([...state.targets, [targetKey(one.target), one]]) };
}

function letGo(state: TargetState): TargetState {
  const { hold: _, ...rest } = state;
  return rest;
}

function thaw(state: State): State {
  const { freeze: _, ...rest } = state;
  return rest;
}

/** The files whose part of the state is another one now. */
function changedFiles(before: State, after: State): readonly StateFile[] {
  const files: StateFile[] = [];
  if (before.freeze !== after.freeze) {
    files.push({ path: REPOSITORY_STATE, text: writeRepositoryState(after) });
  }
  for (const [key, one] of after.targets) {
    if (before.targets.get(key) === one) continue;
    files.push({ path: statePath(one.target), text: writeTargetState(one) });
  }
  return files;
}
