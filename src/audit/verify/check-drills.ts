import type { TouchedCommit } from '../../git/read-log.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import { MINUTE, type Instant } from '../../time.ts';
import { drillName, type DrillSeen, type SeenDrill } from './read-drills.ts';
import type { Violation } from './violation.ts';

type Change = TouchedCommit['changes'][number];

/** What the drills on the default branch are held against. */
export interface DrillGround {
  /** The mail address of the App; undefined: no journal names it. */
  readonly app: string | undefined;
  readonly github: string;
  readonly now: Instant;
  readonly policiesAt: (commit: Oid) => Promise<PolicySet>;
  readonly changes: ReadonlyMap<Oid, readonly Change[]>;
  /** The blob of a file at the head of the default branch. */
  readonly blobNow: (path: string) => Promise<Oid | undefined>;
}

/** So long after it merged, a drill may be on its way back. */
const ON_ITS_WAY = 60 * MINUTE;

/**
 * Whether what drills merged was theirs to merge: by the App, where the policy of the moment names the environment for
 * drills, and put back byte for byte, unless somebody changed it since.
 */
export async function checkDrills(
  drills: readonly SeenDrill[],
  ground: DrillGround,
): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  const there = new Map<string, SeenDrill>();
  for (const drill of drills) {
    const { commit, author, committer, mark } = drill;
    const say = (kind: Violation['kind'], sentence: string): void =>
      void found.push({ kind, commit, sentence: `${commit.slice(0, 12)} ${sentence}` });
    if (typeof mark === 'string') {
      say('drill-not-allowed', `looks like a drill, and its mark is none: ${mark}.`);
      continue;
    }
    if (ground.app !== undefined && (author !== ground.app || committer !== ground.github)) {
      say('not-the-app', `says that a drill of Lastgood made it, and it is ${author}'s.`);
    }
    const name = drillName(mark);
    const first = there.get(name);
    if (mark.part === 'there') {
      await checkThere(drill, mark, ground, say);
      if (first) say('drill-not-allowed', `merges a drill of ${mark.target} a second time.`);
      else there.set(name, drill);
      continue;
    }
    if (!first) say('drill-not-allowed', `puts back what no drill of ${mark.target} merged.`);
    else if (!undoes(ground.changes.get(commit), ground.changes.get(first.commit))) {
      say(
        'drill-not-restored',
        `puts back something else than what the drill of ${mark.target} changed.`,
      );
    }
    there.delete(name);
  }
  for (const drill of there.values()) {
    if (await stands(drill, ground)) {
      const { commit } = drill;
      const sentence = `${commit.slice(0, 12)} is a drill that merged, and what it changed was never put back.`;
      found.push({ kind: 'drill-not-restored', commit, sentence });
    }
  }
  return found;
}

type Say = (kind: Violation['kind'], sentence: string) => void;

async function checkThere(
  { parent }: SeenDrill,
  { target }: DrillSeen,
  { policiesAt }: DrillGround,
  say: Say,
): Promise<void> {
  const set = parent === undefined ? undefined : await policiesAt(parent);
  const policy = set?.targets.find(
    (one) => `${one.target.environment}/${one.target.model}` === target,
  );
  if (!policy) {
    say('cannot-verify', `is a drill of ${target}, and no valid policy of it stood there before.`);
  } else if (policy.drills.environment !== policy.target.environment) {
    say('drill-not-allowed', `is a drill of ${target}, where the policy lets none merge.`);
  }
}

/** Whether one commit takes back all that another one did, and nothing else. */
function undoes(
  back: readonly Change[] | undefined = [],
  there: readonly Change[] | undefined = [],
): boolean {
  const undone = new Map(back.map((one) => [one.path, one]));
  return (
    there.length > 0 &&
    undone.size === there.length &&
    there.every(({ path, before, blob }) => {
      const own = undone.get(path);
      return own !== undefined && own.before === blob && own.blob === before;
    })
  );
}

/** Whether anything of what a drill merged still is as the drill left it. What somebody changed since is theirs. */
async function stands(
  { commit, at }: SeenDrill,
  { now, changes, blobNow }: DrillGround,
): Promise<boolean> {
  if (now - at < ON_ITS_WAY) return false;
  for (const { path, blob } of changes.get(commit) ?? []) {
    if (blob !== null && (await blobNow(path)) === blob) return true;
  }
  return false;
}
