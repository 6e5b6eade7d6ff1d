import { PHASES, type Phase } from './phases.ts';
import type { AuditedRollback, RejectedRollback } from './audit-rollback.ts';
import { spreadOf, type Spread } from './statistics.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/** What some rollbacks come to: those of a target, of a month, or of both. */
export interface Figures {
  readonly releases: number;
  readonly rollbacks: number;
  readonly automatic: number;
  readonly reviewed: number;
  /** Rollbacks that a person closed. */
  readonly rejected: number;
  readonly wasFalse: number;
  readonly relapsed: number;
  /** Rollbacks with a complete record, and their share from 0 to 1; 1 without any. */
  readonly complete: number;
  readonly completeShare: number;
  /** Rollbacks per release; absent without a release. */
  readonly rate?: number;
  readonly phases: Readonly<Partial<Record<Phase, Spread>>>;
}

/** The figures of one month in UTC, such as `2026-11`. */
export interface MonthFigures extends Figures {
  readonly month: string;
}

/** What happened in some time, sorted by nothing in particular. */
export interface Happened {
  readonly rollbacks: readonly AuditedRollback[];
  readonly rejected: readonly RejectedRollback[];
  /** When something was released that is no rollback. */
  readonly releases: readonly { readonly target: TargetKey; readonly at: Instant }[];
}

const ALL = Object.keys(PHASES) as readonly Phase[];

export function figuresOf(
  { rollbacks, rejected, releases }: Happened,
  phases: readonly Phase[] = ALL,
): Figures {
  const automatic = rollbacks.filter(({ mode }) => mode === 'automatic').length;
  const complete = rollbacks.filter(({ missing }) => missing.length === 0).length;
  return {
    releases: releases.length,
    rollbacks: rollbacks.length,
    automatic,
    reviewed: rollbacks.length - automatic,
    rejected: rejected.length,
    wasFalse: rollbacks.filter((one) => one.wasFalse).length,
    relapsed: rollbacks.filter(({ relapsed }) => relapsed).length,
    complete,
    completeShare: rollbacks.length === 0 ? 1 : complete / rollbacks.length,
    ...(releases.length > 0 && { rate: rollbacks.length / releases.length }),
    phases: phasesOf(rollbacks, phases),
  };
}

/** The figures month by month, oldest first, with these phases; a month in which nothing happened is left out. */
export function monthsOf(
  happened: Happened,
  phases: readonly Phase[] = ALL,
): readonly MonthFigures[] {
  return groupBy(happened, ({ at }) => monthOf(at)).map(([month, own]) => ({
    month,
    ...figuresOf(own, phases),
  }));
}

/** What happened, put in groups; sorted by their names. */
export function groupBy<Name extends string>(
  { rollbacks, rejected, releases }: Happened,
  nameOf: (one: { readonly target: TargetKey; readonly at: Instant }) => Name,
): readonly (readonly [Name, Happened])[] {
  const own = Map.groupBy(rollbacks, nameOf);
  const noes = Map.groupBy(rejected, nameOf);
  const news = Map.groupBy(releases, nameOf);
  const names = new Set([...own.keys(), ...noes.keys(), ...news.keys()]);
  return [...names].toSorted().map((name) => [
    name,
    {
      rollbacks: own.get(name) ?? [],
      rejected: noes.get(name) ?? [],
      releases: news.get(name) ?? [],
    },
  ]);
}

function monthOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 7);
}

function phasesOf(
  rollbacks: readonly AuditedRollback[],
  phases: readonly Phase[],
): Figures['phases'] {
  const found = phases.flatMap((phase) => {
    const spread = spreadOf(rollbacks.flatMap(({ took }) => took[phase] ?? []));
    return spread ? [[phase, spread] as const] : [];
  });
  return Object.fromEntries(found);
}
