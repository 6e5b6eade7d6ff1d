import { decodeText } from '../manifests/decode-text.ts';
import type { Pin } from '../manifests/pin.ts';
import { setPins } from '../manifests/set-pin.ts';
import { fileStates, type FileState, type FilesAt } from './file-states.ts';
import type { FileChange, HistorySource, Oid, Release } from './release.ts';

/**
 * What changed in the pins' files since `goal` stopped running, besides the pins, newest first, as of `base`.
 * A change is left out when the file before and after it is the same once both say the goal's versions: its only
 * effect were the pins. Each change names only the files in which it did something else.
 *
 * Reads the changes since then, and every version of those files once. None for a goal that still runs.
 */
export async function otherChanges(
  source: HistorySource,
  pins: readonly Pin[],
  base: Oid,
  goal: Pick<Release, 'until' | 'values'>,
): Promise<readonly FileChange[]> {
  const end = goal.until?.commit;
  if (end === undefined) return [];
  const paths = [...new Set(pins.map((pin) => pin.file))];
  const sameBesidesPins = comparison(source, pins, goal);
  const others: FileChange[] = [];

  let newer: FilesAt | undefined;
  for await (const state of fileStates(source.changes(paths, base), paths)) {
    if (newer) {
      const other = await otherPart(newer, state, sameBesidesPins);
      if (other) others.push(other);
      if (newer.commit.commit === end) return others;
    }
    newer = state;
  }
  // The history ends within: what the oldest commit changed cannot be told apart from what it brought.
  return newer ? [...others, newer.commit] : others;
}

type Comparison = (path: string, a: FileState, b: FileState) => Promise<boolean>;

async function otherPart(
  after: FilesAt,
  before: FilesAt,
  sameBesidesPins: Comparison,
): Promise<FileChange | undefined> {
  const files: [string, FileState][] = [];
  for (const [path, state] of Object.entries(after.commit.files)) {
    const old = before.files.get(path) ?? null;
    if (!(await sameBesidesPins(path, old, state))) files.push([path, state]);
  }
  return files.length > 0 ? { ...after.commit, files: Object.fromEntries(files) } : undefined;
}

function comparison(
  source: HistorySource,
  pins: readonly Pin[],
  goal: Pick<Release, 'values'>,
): Comparison {
  const known = new Map<string, string | undefined>();

  /** The file as it would be with the goal's pins; undefined when they cannot be set there. */
  const withGoal = async (
    file: string,
    state: NonNullable<FileState>,
  ): Promise<string | undefined> => {
    const key = `${state.blob} ${state.path} ${file}`;
    if (known.has(key)) return known.get(key);
    const decoded = decodeText(await source.blob(state.blob));
    const changes = pins.flatMap((pin) => {
      const value = goal.values[pin.id];
      if (pin.file !== file || !value) return [];
      return [{ pin: { ...pin, file: state.path }, goal: value }];
    });
    const set = decoded.ok ? setPins(decoded.text, changes) : undefined;
    const text = set?.ok ? set.text : undefined;
    known.set(key, text);
    return text;
  };

  return async (path, a, b) => {
    if (a === null || b === null || a.path !== b.path) return a === b;
    if (a.blob === b.blob) return true;
    const text = await withGoal(path, a);
    return text !== undefined && text === (await withGoal(path, b));
  };
}
