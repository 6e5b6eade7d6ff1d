/**
 * What was held, frozen, designated and quarantined at a moment of the past, by the branch that the state stands on.
 *
 * What must hold: what is said of a moment rests on commits of that moment or before it. A hold that was lifted later
 * held until then, and one that came later held nothing yet.
 *
 * @module
 */
import type { Clone } from '../git/open-clone.ts';
import { decodeText } from '../manifests/decode-text.ts';
import type { Oid } from '../releases/release.ts';
import { readState } from '../state/read-state.ts';
import {
  EMPTY_STATE,
  REPOSITORY_STATE,
  STATE_FOLDER,
  stateOf,
  statePath,
  targetOfPath,
  type State,
} from '../state/state.ts';
import { STATE_BRANCH } from '../state/view.ts';
import { targetKey, type Target, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { lastUpTo } from './last-up-to.ts';

/** A moment at which the state became another one. */
export interface StateChange {
  readonly at: Instant;
  /** Whose: absent where it is about the whole repository. */
  readonly target?: TargetKey;
  /** What stood in the file from then on; null: nothing. Absent: a hold or freeze in it ended by itself. */
  readonly blob?: Oid | null;
}

/** The state as it stood at each moment. */
export interface StateHistory {
  /** The newest commit that it was read from; absent: the clone has no such branch. */
  readonly head?: Oid;
  /** Oldest first, those included that came by themselves, as a hold's time was up. */
  readonly changes: readonly StateChange[];
  /** What the repository and one target said at a moment. */
  stateAt(target: Target, now: Instant): State;
}

export const NO_STATE_HISTORY: StateHistory = { changes: [], stateAt: () => EMPTY_STATE };

/** A text of a file, from one commit on; undefined: it was taken away. */
interface Version {
  readonly at: Instant;
  readonly text: string | undefined;
}

/**
 * Reads the whole history of the state. Whose commits they are is not looked at: GitHub alone can vouch for that.
 * A commit counts from its date on, and never before the one that it follows.
 */
export async function readStateHistory(
  clone: Pick<Clone, 'branch' | 'head' | 'touched' | 'blob'>,
): Promise<StateHistory> {
  const head = await clone.branch(STATE_BRANCH);
  if (head === undefined) return NO_STATE_HISTORY;
  const { commit: main } = await clone.head();
  const touched = [];
  // What the default branch may have in that folder is no state.
  for await (const one of clone.touched(head, [STATE_FOLDER.replace(/\/$/, '')], main)) {
    touched.push(one);
  }
  const files = new Map<string, Version[]>();
  const changes: StateChange[] = [];
  let at = Number.NEGATIVE_INFINITY;
  for (const one of touched.reverse()) {
    at = Math.max(at, one.at);
    for (const { path, blob } of one.changes) {
      const target = targetOfPath(path);
      if (!target && path !== REPOSITORY_STATE) continue;
      const versions = files.get(path) ?? [];
      versions.push({ at, text: blob === null ? undefined : await textOf(clone, blob) });
      files.set(path, versions);
      changes.push({ at, ...(target && { target: targetKey(target) }), blob });
    }
  }
  changes.push(...endings(files));
  changes.sort((a, b) => a.at - b.at);
  return { head, changes, stateAt: stateReader(files) };
}

/** When holds and freezes ended by themselves that nobody lifted or replaced before. */
function endings(files: ReadonlyMap<string, readonly Version[]>): readonly StateChange[] {
  return [...files].flatMap(([path, versions]) => {
    const target = targetOfPath(path);
    return versions.flatMap(({ at, text }, i): StateChange[] => {
      if (text === undefined) return [];
      const state = readState([{ path, text }]);
      const { until } = (target ? stateOf(state, target).hold : state.freeze) ?? {};
      const next = versions[i + 1]?.at ?? Infinity;
      if (until === undefined || until <= at || until >= next) return [];
      return [{ at: until, ...(target && { target: targetKey(target) }) }];
    });
  });
}

/** What of the state bears on some targets until a moment: what came later, or is about others, changes nothing. */
export function changesUntil(
  { changes }: StateHistory,
  targets: readonly TargetKey[],
  end: Instant,
): readonly StateChange[] {
  return changes.filter(
    ({ at, target }) => at <= end && (target === undefined || targets.includes(target)),
  );
}

function stateReader(files: ReadonlyMap<string, readonly Version[]>): StateHistory['stateAt'] {
  // Decisions come in the order of time, so the newest answer is the one that is asked for again.
  const known = new Map<TargetKey, { readonly of: string; readonly state: State }>();
  return (target, now) => {
    const paths = [REPOSITORY_STATE, statePath(target)];
    const found = paths.map((path) => {
      const versions = files.get(path) ?? [];
      const index = lastUpTo(versions, now, ({ at }) => at);
      return { index, text: versions[index]?.text };
    });
    const of = found.map(({ index }) => index).join(' ');
    const key = targetKey(target);
    const before = known.get(key);
    if (before?.of === of) return before.state;
    const state = readState(
      found.flatMap(({ text }, i) => (text === undefined ? [] : [{ path: paths[i] ?? '', text }])),
    );
    known.set(key, { of, state });
    return state;
  };
}

/** A file that is no text is one that cannot be read, and may hide a hold. */
async function textOf(clone: Pick<Clone, 'blob'>, blob: Oid): Promise<string> {
  const decoded = decodeText(await clone.blob(blob));
  return decoded.ok ? decoded.text : '\0';
}
