import type { Clone } from '../../git/open-clone.ts';
import type { Pin } from '../../manifests/pin.ts';
import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';
import { pinVersion } from './pin-values.ts';
import { textOf } from './read-candidates.ts';
import type { SeenBranch } from './read-candidates.ts';
import { drillName, type DrillSeen } from './read-drills.ts';
import type { SeenRelease, SeenReleases } from './seen.ts';

/** One change of a file on the default branch. */
interface FileChange {
  readonly commit: Oid;
  readonly at: Instant;
  readonly place: number;
  readonly blob: Oid | null;
}

/** What the releases of some pins are, read once for each choice of pins. */
export type Releases = (pins: readonly Pin[]) => Promise<SeenReleases>;

/** Reads every change of some files in one pass over the history; releases are put together from that. */
export async function makeReleases(
  clone: Clone,
  head: Oid,
  { order, drills }: SeenBranch,
  files: readonly string[],
): Promise<Releases> {
  const changes = new Map<string, FileChange[]>();
  for await (const { commit, at, changes: all } of clone.touched(head, files)) {
    const place = order.get(commit) ?? 0;
    for (const { path, blob } of all) {
      const known = changes.get(path);
      if (known) known.push({ commit, at, place, blob });
      else changes.set(path, [{ commit, at, place, blob }]);
    }
  }
  for (const one of changes.values()) one.reverse();
  const marks = new Map(
    drills.flatMap(({ commit, mark }) => (typeof mark === 'string' ? [] : [[commit, mark]])),
  );
  const known = new Map<string, Promise<SeenReleases>>();
  const versions = new Map<string, string | undefined>();

  const versionIn = async (blob: Oid | null | undefined, pin: Pin): Promise<string | undefined> => {
    if (typeof blob !== 'string') return undefined;
    const key = `${blob} ${JSON.stringify(pin)}`;
    if (!versions.has(key)) versions.set(key, pinVersion(await textOf(clone, blob), pin));
    return versions.get(key);
  };

  const read = async (pins: readonly Pin[]): Promise<SeenReleases> => {
    const own = new Set(pins.map(({ file }) => file));
    const events = [...own]
      .flatMap((file) => (changes.get(file) ?? []).map((change) => ({ file, ...change })))
      .sort((a, b) => a.place - b.place);
    const now = new Map<string, Oid | null>();
    const all: SeenRelease[] = [];
    let last = '';
    for (const [i, { file, commit, at, blob }] of events.entries()) {
      now.set(file, blob);
      // All that one commit changed is one release.
      if (events[i + 1]?.commit === commit) continue;
      const found = new Map<string, string>();
      for (const pin of pins) {
        const version = await versionIn(now.get(pin.file), pin);
        if (version !== undefined) found.set(pin.id, version);
      }
      const tuple = JSON.stringify([...found]);
      if (tuple !== last) all.push({ commit, at, versions: found });
      last = tuple;
    }
    return withoutDrills(all, marks);
  };

  return (pins) => {
    const key = JSON.stringify(pins);
    const found = known.get(key) ?? read(pins);
    known.set(key, found);
    return found;
  };
}

/** Without what drills merged and put back: what ran before one and after it is one release. */
function withoutDrills(
  found: readonly SeenRelease[],
  marks: ReadonlyMap<Oid, DrillSeen>,
): SeenReleases {
  const all: SeenRelease[] = [];
  const indexOf = new Map<Oid, number>();
  for (const release of found) {
    const back = marks.get(release.commit);
    const [origin, drilled] = all.slice(-2);
    const there = drilled && marks.get(drilled.commit);
    const isBack =
      back?.part === 'back' && there?.part === 'there' && drillName(back) === drillName(there);
    if (isBack && origin && sameVersions(origin.versions, release.versions)) {
      all.pop();
      indexOf.set(release.commit, all.length - 1);
      continue;
    }
    all.push(release);
    indexOf.set(release.commit, all.length - 1);
  }
  return { all, indexOf };
}

function sameVersions(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([pin, version]) => b.get(pin) === version);
}
