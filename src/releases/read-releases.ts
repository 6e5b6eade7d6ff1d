import { decodeText } from '../manifests/decode-text.ts';
import { readPins } from '../manifests/read-pin.ts';
import type { Pin, PinId, PinProblem, PinReading, PinValue } from '../manifests/pin.ts';
import { fileStates, type FileState, type FilesAt } from './file-states.ts';
import type { CommitInfo, HistorySource, Oid, Release } from './release.ts';
import { sameVersions, versionsOf } from './versions.ts';
import { withoutDrills } from './without-drills.ts';

type Reading = Pick<Release, 'values' | 'problems'>;

/** Consecutive commits with one tuple, while the walk is still in it. */
interface Stretch {
  /** The oldest commit of the stretch seen so far: when the walk leaves it, the commit that brought it. */
  oldest: CommitInfo;
  readonly until?: Release['until'];
  /** As written at the newest commit: what a rollback puts back byte for byte. */
  readonly reading: Reading;
}

/**
 * The releases of a target, newest first, as of the commit `from`. Nothing is read ahead of the consumer but what
 * says where the yielded release begins.
 *
 * Consecutive commits with equal versions are one release, brought by the oldest of them. Consecutive commits at
 * which a pin cannot be read are one stretch with problems. Such a stretch separates equal versions on both sides
 * of it: what ran in between is unknown, so it cannot be said that one release ran throughout.
 *
 * What a drill merged and put back is part of the release that it interrupted (see `withoutDrills`).
 *
 * Where none of the pins' files ever existed there is one release, brought by nobody at the epoch, whose problems
 * say so: what runs is never undefined, and never a guess.
 */
export function readReleases(
  source: HistorySource,
  pins: readonly Pin[],
  from: Oid,
): AsyncGenerator<Release> {
  return withoutDrills(readAsCommitted(source, pins, from));
}

async function* readAsCommitted(
  source: HistorySource,
  pins: readonly Pin[],
  from: Oid,
): AsyncGenerator<Release> {
  const paths = [...new Set(pins.map((pin) => pin.file))];
  const read = fileReader(source, pins);
  let stretch: Stretch | undefined;

  for await (const state of fileStates(source.changes(paths, from), paths)) {
    const reading = await readAll(pins, state, read);
    if (stretch && sameReading(stretch.reading, reading)) {
      stretch.oldest = state.commit;
      continue;
    }
    const newer = stretch?.oldest;
    if (stretch) yield toRelease(stretch);
    stretch = {
      oldest: state.commit,
      reading,
      ...(newer && { until: { commit: newer.commit, at: newer.at } }),
    };
  }
  yield stretch ? toRelease(stretch) : nothing(pins, from);
}

/** The newest release as of a commit: what runs. */
export async function readRunning(
  source: HistorySource,
  pins: readonly Pin[],
  from: Oid,
): Promise<Release> {
  for await (const release of readReleases(source, pins, from)) return release;
  return nothing(pins, from);
}

function nothing(pins: readonly Pin[], commit: Oid): Release {
  const problems = pins.map((pin) => ({ pin: pin.id, problem: missing(pin) }));
  const author = { name: '', email: '' };
  return { commit, at: 0, author, subject: '', body: '', values: {}, problems };
}

function toRelease({ oldest, until, reading }: Stretch): Release {
  const { commit, at, author, subject, body } = oldest;
  return { commit, at, author, subject, body, ...(until && { until }), ...reading };
}

function sameReading(a: Reading, b: Reading): boolean {
  if (a.problems.length > 0 || b.problems.length > 0) {
    return a.problems.length > 0 && b.problems.length > 0;
  }
  return sameVersions(versionsOf(a), versionsOf(b));
}

async function readAll(pins: readonly Pin[], state: FilesAt, read: ReadFile): Promise<Reading> {
  const readings = new Map<Pin, PinReading>();
  for (const [file, fileState] of state.files) {
    for (const [pin, reading] of await read(file, fileState)) readings.set(pin, reading);
  }
  const values: [PinId, PinValue][] = [];
  const problems: Release['problems'][number][] = [];
  for (const pin of pins) {
    const reading = readings.get(pin);
    if (reading?.ok) values.push([pin.id, reading.value]);
    else problems.push({ pin: pin.id, problem: reading?.problem ?? missing(pin) });
  }
  return { values: problems.length > 0 ? {} : Object.fromEntries(values), problems };
}

type Readings = ReadonlyMap<Pin, PinReading>;
type ReadFile = (file: string, state: FileState) => Promise<Readings>;

/** Reads all pins of a file, remembering what the last blob said: most commits touch one of a target's files. */
function fileReader(source: HistorySource, pins: readonly Pin[]): ReadFile {
  const last = new Map<string, { readonly blob: Oid; readonly readings: Readings }>();
  return async (file, state) => {
    if (state === null) return new Map();
    const known = last.get(file);
    if (known?.blob === state.blob) return known.readings;
    const own = pins.filter((pin) => pin.file === file);
    const decoded = decodeText(await source.blob(state.blob));
    // A file that was moved is read as what it was then: its name tells YAML from JSON.
    const there = own.map((pin) => ({ ...pin, file: state.path }));
    const read = decoded.ok ? readPins(decoded.text, there) : own.map(() => decoded);
    const readings = new Map<Pin, PinReading>();
    for (const [i, pin] of own.entries()) {
      readings.set(pin, read[i] ?? { ok: false, problem: missing(pin) });
    }
    last.set(file, { blob: state.blob, readings });
    return readings;
  };
}

function missing(pin: Pin): PinProblem {
  return {
    code: 'file-missing',
    message: `${pin.file} does not exist at this commit; the pin ${pin.id} is expected in it.`,
  };
}
