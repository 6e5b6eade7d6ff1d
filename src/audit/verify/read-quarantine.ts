import { parse } from 'yaml';
import type { Clone } from '../../git/open-clone.ts';
import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';

/** What people and rollbacks said of a target on the state's branch, as far as it bears on a goal. */
export interface SeenQuarantine {
  readonly quarantined: readonly {
    readonly pins: ReadonlyMap<string, string>;
    readonly at: Instant;
  }[];
  readonly baselines: ReadonlySet<Oid>;
}

const FOLDER = '.lastgood/state/targets/';

/** By target: read from every version of its state file there ever was, because what was lifted counted before. */
export async function readQuarantine(clone: Clone): Promise<ReadonlyMap<string, SeenQuarantine>> {
  const top = await clone.branch('lastgood/state');
  if (top === undefined) return new Map();
  const blobs = new Map<string, Set<Oid>>();
  for await (const { commit, message } of clone.log(top, ['Lastgood-State:'])) {
    if (!message.includes('Lastgood-State:')) continue;
    for (const { path, blob } of await clone.filesUnder(commit, FOLDER.slice(0, -1))) {
      blobs.set(path, (blobs.get(path) ?? new Set()).add(blob));
    }
  }
  const found = new Map<string, SeenQuarantine>();
  for (const [path, versions] of blobs) {
    const target = path.slice(FOLDER.length).replace(/\.yaml$/, '');
    const all = await Promise.all(
      [...versions].map(async (blob) => readOne(Buffer.from(await clone.blob(blob)).toString())),
    );
    found.set(target, {
      quarantined: all.flatMap(({ quarantined }) => quarantined),
      baselines: new Set(all.flatMap(({ baseline }) => baseline ?? [])),
    });
  }
  return found;
}

function readOne(text: string): {
  readonly quarantined: SeenQuarantine['quarantined'];
  readonly baseline: Oid | undefined;
} {
  try {
    const value = parse(text, { schema: 'failsafe' }) as Readonly<Record<string, unknown>> | null;
    const list = Array.isArray(value?.['quarantine']) ? (value['quarantine'] as unknown[]) : [];
    const baseline = value?.['baseline'];
    return {
      quarantined: list.flatMap((one) => {
        if (typeof one !== 'object' || one === null || !('pins' in one)) return [];
        const at = 'at' in one ? Date.parse(String(one.at)) : 0;
        const pins = Object.entries(one.pins ?? {}).map(
          ([pin, version]) => [pin, String(version)] as const,
        );
        return [{ pins: new Map(pins), at: Number.isNaN(at) ? 0 : at }];
      }),
      baseline:
        typeof baseline === 'object' && baseline !== null && 'commit' in baseline
          ? String(baseline.commit)
          : undefined,
    };
  } catch {
    return { quarantined: [], baseline: undefined };
  }
}
