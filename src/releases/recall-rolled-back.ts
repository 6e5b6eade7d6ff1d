/**
 * Every rollback that a target ever had, so that what was rolled back long ago and shipped again is no goal either.
 *
 * The source knows by its index which commits speak of one; each is read once and remembered, because what came before
 * a commit never changes. So a look-up costs what is new, however long the history is.
 */
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import { readReleases } from './read-releases.ts';
import type { HistorySource, Oid, Release } from './release.ts';
import { tellRollback, type ToldRollback } from './rolled-back.ts';

/** The bad release of a rollback is the one before it, but for what people did while it was open. */
const MOST_BEFORE = 10;

/** More than this is not remembered of one source: it is read again. */
const MOST_REMEMBERED = 10_000;

type Remembered = Map<string, ToldRollback | null>;
const remembered = new WeakMap<HistorySource, Remembered>();

/**
 * The rollbacks of a target in the history as of `from`, newest first, but those that brought one of the releases
 * already `read`. Where the pins' files stood elsewhere at the time, the commit is taken at its word.
 */
export async function recallRollbacks(
  source: HistorySource,
  { target, pins }: Pick<TargetPolicy, 'target' | 'pins'>,
  from: Oid,
  read: readonly Release[],
): Promise<readonly ToldRollback[]> {
  const known: Remembered = remembered.get(source) ?? new Map<string, ToldRollback | null>();
  remembered.set(source, known);
  const told: ToldRollback[] = [];
  const brought = new Set(read.map((release) => release.commit));
  let about: string | undefined;
  for await (const { commit } of source.rollbackCommits(targetKey(target), from)) {
    if (brought.has(commit)) continue;
    about ??= JSON.stringify([target, pins]);
    const key = `${commit} ${about}`;
    let one = known.get(key);
    if (one === undefined) {
      one = (await readRollback(source, { target, pins }, commit)) ?? null;
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(key, one);
    }
    if (one) told.push(one);
  }
  return told;
}

async function readRollback(
  source: HistorySource,
  { target, pins }: Pick<TargetPolicy, 'target' | 'pins'>,
  commit: Oid,
): Promise<ToldRollback | undefined> {
  const releases: Release[] = [];
  for await (const release of readReleases(source, pins, commit)) {
    releases.push(release);
    const [brought] = releases;
    if (brought?.commit !== commit) return undefined;
    const told = tellRollback(brought, target, releases);
    if (!told || told.from || releases.length > MOST_BEFORE) return told;
  }
  return releases[0] && tellRollback(releases[0], target, releases);
}
