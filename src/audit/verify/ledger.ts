import type { Oid } from '../../releases/release.ts';
import type { Instant, Milliseconds } from '../../time.ts';
import { PinSets } from './pin-sets.ts';
import type { SeenRecord } from './read-record.ts';
import type { MergedBy } from './seen.ts';

/** A rollback that was gone through. */
export interface Entered {
  readonly commit: Oid;
  readonly at: Instant;
  readonly record: SeenRecord;
  readonly merged: MergedBy;
  /** The rollbacks of its ladder before it. */
  readonly climbed: number;
}

/**
 * What is remembered of the rollbacks before the one that is judged, so that each costs the same however many there were.
 */
export class Ledger {
  readonly #byCommit = new Map<Oid, Entered>();
  readonly #automatic: Instant[] = [];
  readonly #decided: { readonly at: Instant; readonly model: string }[] = [];
  readonly #targets = new Map<
    string,
    {
      readonly automatic: Instant[];
      last?: Entered;
      readonly bad: Set<Oid>;
      readonly suspects: PinSets;
    }
  >();

  enter(one: Entered): void {
    const { at, record, merged } = one;
    const own = this.#of(record.target);
    this.#byCommit.set(one.commit, one);
    if (!own.last || own.last.at <= at) own.last = one;
    own.bad.add(record.bad);
    own.suspects.add(suspectOf(record), at);
    if (record.mode !== 'automatic' || merged === 'person') return;
    insert(this.#automatic, at, (moment) => moment);
    insert(own.automatic, at, (moment) => moment);
    const model = record.target.slice(record.target.indexOf('/') + 1);
    insert(this.#decided, { at: record.decided, model }, (decision) => decision.at);
  }

  /** The rollback that a commit was. */
  at(commit: Oid): Entered | undefined {
    return this.#byCommit.get(commit);
  }

  /** The newest rollback of a target, whoever merged it. */
  last(target: string): Entered | undefined {
    return this.#targets.get(target)?.last;
  }

  /** How many merged by themselves within so long before a moment: of one target, or of all. */
  automaticWithin(at: Instant, per: Milliseconds, target?: string): number {
    const moments = target === undefined ? this.#automatic : this.#targets.get(target)?.automatic;
    return moments ? moments.length - firstAfter(moments, at - per, (moment) => moment) : 0;
  }

  /** How many models were rolled back by themselves within so long before a decision, with this one; at most `most`. */
  modelsWithin(at: Instant, within: Milliseconds, model: string, most: number): number {
    const models = new Set([model]);
    const first = firstAfter(this.#decided, at - within, (decision) => decision.at);
    for (let i = this.#decided.length - 1; i >= first && models.size < most; i -= 1) {
      const one = this.#decided[i];
      if (one && one.at <= at) models.add(one.model);
    }
    return models.size;
  }

  /** Whether a rollback of the target went away from a release, or from what it brought. */
  wentFrom(target: string, commit: Oid, versions: ReadonlyMap<string, string>): boolean {
    const own = this.#targets.get(target);
    return own !== undefined && (own.bad.has(commit) || own.suspects.within(versions));
  }

  #of(target: string) {
    const found = this.#targets.get(target) ?? {
      automatic: [],
      bad: new Set<Oid>(),
      suspects: new PinSets(),
    };
    this.#targets.set(target, found);
    return found;
  }
}

/** What a rollback went away from: the model's version where that changed, or else all that changed. */
function suspectOf({ from, to }: SeenRecord): ReadonlyMap<string, string> {
  const changed = [...from].filter(([pin, version]) => to.get(pin) !== version);
  const model = changed.filter(([pin]) => pin.startsWith('model'));
  return new Map(model.length > 0 ? model : changed);
}

/** The first of a sorted list that is later than a moment. */
function firstAfter<T>(sorted: readonly T[], moment: Instant, when: (one: T) => Instant): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = sorted[middle];
    if (one !== undefined && when(one) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Commits are dated by whoever made them, so one may be older than the one before it. */
function insert<T>(sorted: T[], one: T, when: (one: T) => Instant): void {
  const last = sorted.at(-1);
  if (last === undefined || when(last) <= when(one)) sorted.push(one);
  else sorted.splice(firstAfter(sorted, when(one), when), 0, one);
}
