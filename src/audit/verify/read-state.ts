import { parse } from 'yaml';
import type { Clone } from '../../git/open-clone.ts';
import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';
import { PinSets } from './pin-sets.ts';

/** What people and rollbacks said of a target on the state's branch, as far as it bears on a goal. */
export interface TargetMarks {
  readonly quarantined: PinSets;
  /** Commits that were designated good, and since when. */
  readonly baselines: ReadonlyMap<Oid, Instant>;
}

/** What stood at a moment, and since when. */
export interface RestrictionsSeen {
  readonly hold?: { readonly since: Instant };
  readonly freeze?: { readonly since: Instant };
}

export interface SeenState {
  marks(target: string): TargetMarks;
  restrictionsAt(target: string, at: Instant): RestrictionsSeen;
}

const FOLDER = '.lastgood/state';
const REPOSITORY = `${FOLDER}/repository.yaml`;
const NONE: TargetMarks = { quarantined: new PinSets(), baselines: new Map() };

/** What a state file said from one commit on. */
interface Version {
  readonly at: Instant;
  readonly quarantined: readonly {
    readonly pins: ReadonlyMap<string, string>;
    readonly at: Instant;
  }[];
  readonly baseline?: Oid;
  /** Absent: nothing is held, or frozen. */
  readonly stop?: { readonly until: Instant };
}

/** Every version of the state that there ever was: what was lifted counted before. */
export async function readSeenState(clone: Clone): Promise<SeenState> {
  const top = await clone.branch('lastgood/state');
  const files = top === undefined ? new Map<string, Version[]>() : await readVersions(clone, top);
  const marks = new Map<string, TargetMarks>();
  const pathOf = (target: string): string => `${FOLDER}/targets/${target}.yaml`;
  return {
    marks(target) {
      const versions = files.get(pathOf(target));
      if (!versions) return NONE;
      const found = marks.get(target) ?? marksOf(versions);
      marks.set(target, found);
      return found;
    },
    restrictionsAt(target, at) {
      const hold = stopAt(files.get(pathOf(target)), at);
      const freeze = stopAt(files.get(REPOSITORY), at);
      return { ...(hold && { hold }), ...(freeze && { freeze }) };
    },
  };
}

/** By path, oldest first. */
async function readVersions(clone: Clone, top: Oid): Promise<Map<string, Version[]>> {
  const touched: { path: string; at: Instant; blob: Oid | null }[] = [];
  for await (const { at, changes } of clone.touched(top, [FOLDER])) {
    for (const { path, blob } of changes) touched.push({ path, at, blob });
  }
  const files = new Map<string, Version[]>();
  for (const { path, at, blob } of touched.reverse()) {
    const text = blob === null ? '' : Buffer.from(await clone.blob(blob)).toString();
    const versions = files.get(path) ?? [];
    versions.push({ at, ...readFile(text) });
    files.set(path, versions);
  }
  return files;
}

function marksOf(versions: readonly Version[]): TargetMarks {
  const quarantined = new PinSets();
  const baselines = new Map<Oid, Instant>();
  for (const { at, quarantined: all, baseline } of versions) {
    for (const one of all) quarantined.add(one.pins, one.at);
    if (baseline !== undefined && !baselines.has(baseline)) baselines.set(baseline, at);
  }
  return { quarantined, baselines };
}

/** The hold or freeze that stands in the newest version at a moment, since the version that it came with. */
function stopAt(versions: readonly Version[] = [], at: Instant): { since: Instant } | undefined {
  let [low, high] = [0, versions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  const { stop } = versions[low - 1] ?? {};
  if (!stop || stop.until <= at) return undefined;
  let first = low - 1;
  while (first > 0 && versions[first - 1]?.stop) first -= 1;
  return { since: versions[first]?.at ?? at };
}

function readFile(text: string): Omit<Version, 'at'> {
  try {
    const value = parse(text, { schema: 'failsafe' }) as Readonly<Record<string, unknown>> | null;
    const list = Array.isArray(value?.['quarantine']) ? (value['quarantine'] as unknown[]) : [];
    const baseline = value?.['baseline'];
    const stop = value?.['hold'] ?? value?.['freeze'];
    return {
      quarantined: list.flatMap((one) => {
        if (typeof one !== 'object' || one === null || !('pins' in one)) return [];
        const at = 'at' in one ? Date.parse(String(one.at)) : 0;
        const pins = Object.entries(one.pins ?? {}).map(
          ([pin, version]) => [pin, String(version)] as const,
        );
        return [{ pins: new Map(pins), at: Number.isNaN(at) ? 0 : at }];
      }),
      ...(typeof baseline === 'object' &&
        baseline !== null &&
        'commit' in baseline && { baseline: String(baseline.commit) }),
      ...(stop !== undefined && stop !== null && stop !== '' && { stop: { until: untilOf(stop) } }),
    };
  } catch {
    return { quarantined: [] };
  }
}

function untilOf(stop: unknown): Instant {
  if (typeof stop !== 'object' || stop === null || !('until' in stop)) return Infinity;
  const until = Date.parse(String(stop.until));
  return Number.isNaN(until) ? Infinity : until;
}
