import type { HubRepository, NewCommit } from '../../fixtures/hub/api/repository.ts';
import { DAY, HOUR, type Instant } from '../../src/time.ts';
import {
  featuresFile,
  featuresText,
  modelFile,
  modelText,
  policyFile,
  policyText,
  type Policy,
} from './manifests.ts';
import type { Random } from './random.ts';

/** Who there is. Alice and erin own the models, bob is on call, mallory may write and has no say. */
export const PEOPLE = ['alice', 'erin', 'bob', 'mallory'] as const;
export type Login = (typeof PEOPLE)[number];

/** Who talks besides, where people talk: carol may read, oscar has no access. */
export const TALKERS = [...PEOPLE, 'carol', 'oscar'] as const;
export type Talker = (typeof TALKERS)[number];

export const TEAMS: Readonly<Record<string, readonly Login[]>> = {
  'acme/ml': ['alice', 'erin'],
  'acme/sre': ['bob'],
};

/** How a world begins. */
export interface Beginning {
  readonly models: readonly { readonly name: string; readonly policy: Policy }[];
  readonly mergeMethod: 'squash' | 'merge' | 'rebase';
  readonly replicas: number;
  /** The rules of the default branch ask for a review, which binds Lastgood as well. */
  readonly protectedBranch: boolean;
  readonly deleteBranchOnMerge: boolean;
  /** People talk to Lastgood in it, and somebody meddles with its state. Absent: nobody says a word. */
  readonly talk?: { readonly public: boolean };
}

/** In so many worlds people talk to Lastgood. */
const TALKING = 0.4;

const NAMES = ['fraud', 'ranker', 'pricing'];

export function drawBeginning(random: Random): Beginning {
  const protectedBranch = random.chance(0.12);
  const talking = random.fork(2);
  const talks = talking.chance(TALKING);
  const count = random.weighted([
    [5, 1],
    [3, 2],
    [1, 3],
  ] as const);
  return {
    models: NAMES.slice(0, count).map((name) => ({
      name,
      policy: drawPolicy(random, protectedBranch, talks),
    })),
    mergeMethod: random.weighted([
      [6, 'squash'],
      [2, 'merge'],
      [1, 'rebase'],
    ] as const),
    replicas: random.weighted([
      [5, 1],
      [3, 2],
      [1, 3],
    ] as const),
    protectedBranch,
    deleteBranchOnMerge: random.chance(0.2),
    ...(talks && { talk: { public: talking.chance(0.4) } }),
  };
}

/** `talks`: people talk to Lastgood in this world. */
export function drawPolicy(random: Random, protectedBranch: boolean, talks: boolean): Policy {
  const critical = random.weighted([
    [5, 'merge'],
    [2, 'review'],
  ] as const);
  const high = random.pick(['merge', 'review'] as const);
  // What merges at once leaves people nothing to talk about.
  const waits = talks && random.fork(4).chance(0.6);
  return {
    respond: {
      critical: waits ? 'review' : critical,
      high: waits ? 'review' : high,
      medium: random.pick(['review', 'review', 'notify'] as const),
      low: 'record',
    },
    consecutive: random.weighted([
      [6, 1],
      [1, 2],
    ] as const),
    minAge: random.pick(['0s', '0s', '60s', '10m']),
    minSoak: random.pick(['1h', '24h']),
    merge: random.pick(['1 per 24h', '2 per 24h', '5 per 1h']),
    open: random.pick(['6 per 24h', '2 per 24h']),
    cooldown: random.pick(['30m', '2h']),
    maxReleaseAge: random.pick(['7d', '7d', '12h']),
    by: protectedBranch && random.chance(0.5) ? 'github' : 'lastgood',
    required: random.weighted([
      [4, 1],
      [1, 2],
    ] as const),
    from: random.pick([['@acme/ml', '@acme/sre'], ['@acme/sre'], ['@alice', 'role:maintain']]),
    breakGlass: talks && random.fork(3).chance(0.5) ? ['@bob'] : [],
    rollOutBy: random.fork(5).pick(['any', 'none'] as const),
  };
}

/** Writes weeks of history in which every model had three good releases and then a bad one. */
export async function plant(
  repository: HubRepository,
  beginning: Beginning,
  now: Instant,
): Promise<void> {
  const commits: NewCommit[] = [];
  if (beginning.mergeMethod !== 'squash') {
    commits.push({
      by: 'bob',
      at: now - 31 * DAY,
      message: 'Choose how rollbacks are merged',
      files: { '.lastgood/repository.yaml': `mergeMethod: ${beginning.mergeMethod}\n` },
    });
  }
  for (const [i, { name, policy }] of beginning.models.entries()) {
    const release = (age: number, by: string, version: number) =>
      commits.push({
        by,
        at: now - age - i * 60_000,
        message: `Release ${name} 1.${version}`,
        files: {
          [modelFile(name)]: modelText(name, `1.${version}`),
          [featuresFile(name)]: featuresText(name, `f-${version}`),
          ...(version === 8 && { [policyFile(name)]: policyText(name, policy) }),
        },
      });
    release(30 * DAY, 'alice', 8);
    release(20 * DAY, 'erin', 9);
    release(9 * DAY, 'alice', 10);
    release(5 * HOUR, 'erin', 11);
  }
  commits.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  await repository.commits(commits);
}
