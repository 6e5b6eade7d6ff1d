import type { RepositoryPolicy, TargetPolicy } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import type { Instant } from '../../time.ts';
import type { Entered, Ledger } from './ledger.ts';
import type { SeenRecord } from './read-record.ts';
import type { RestrictionsSeen, TargetMarks } from './read-state.ts';
import type { ViolationKind } from './violation.ts';

/** What the pins of a target said, from one commit on. */
export interface SeenRelease {
  readonly commit: Oid;
  readonly at: Instant;
  /** Versions by pin; a pin that says nothing is missing. */
  readonly versions: ReadonlyMap<string, string>;
}

/** The releases of some pins over the whole history, oldest first. */
export interface SeenReleases {
  readonly all: readonly SeenRelease[];
  /** Which of them a commit brought. */
  readonly indexOf: ReadonlyMap<Oid, number>;
}

/** A file as a commit changed it. */
export interface SeenChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** By whom the journal says that it was merged. */
export type MergedBy = 'policy' | 'timeout' | 'approval' | 'person' | 'unknown';

/** Everything that one rollback on the default branch is judged by, as it stands in git. */
export interface SeenRollback {
  readonly commit: Oid;
  readonly at: Instant;
  readonly record: SeenRecord;
  readonly changes: readonly SeenChange[];
  /** The policy of its target at its parent; undefined: there was none, or one with mistakes. */
  readonly policy: TargetPolicy | undefined;
  readonly repository: RepositoryPolicy;
  /** Whether the named policy file is the same at the commit it was read at and at the parent. */
  readonly samePolicy: boolean;
  readonly releases: SeenReleases;
  /** The rollbacks before it. */
  readonly ledger: Ledger;
  readonly marks: TargetMarks;
  /** What was held and frozen when it was merged. */
  readonly restrictions: RestrictionsSeen;
  /** Whether a later rollback brought back whole what this one was to bring. */
  readonly repaired: boolean;
  readonly merged: MergedBy;
}

export type Say = (kind: ViolationKind, sentence: string) => void;

/** The release that it brought, and the one that ran before. */
export function aroundIt({
  releases: { all, indexOf },
  commit,
}: Pick<SeenRollback, 'releases' | 'commit'>): {
  readonly index: number;
  readonly after: SeenRelease | undefined;
  readonly before: SeenRelease | undefined;
} {
  const index = indexOf.get(commit) ?? -1;
  return { index, after: all[index], before: index > 0 ? all[index - 1] : undefined };
}

/** Git dates to the second, and two clocks differ: what is nearer than this cannot be told apart. */
export const MARGIN = 60_000;

/**
 * Whether it brings back whole what the rollback before it left standing in part, because somebody changed a pin at the
 * same moment: it was allowed with that one, which is answered.
 */
export function repairs({ ledger, record }: SeenRollback): Entered | undefined {
  const first = ledger.at(record.bad);
  const repaired =
    first !== undefined &&
    first.record.target === record.target &&
    first.record.goal === record.goal &&
    sameVersions(first.record.to, record.to) &&
    !sameVersions(record.from, first.record.to);
  return repaired ? first : undefined;
}

function sameVersions(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([pin, version]) => b.get(pin) === version);
}
