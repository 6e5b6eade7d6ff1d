import type { JournalLine } from '../journal/chain.ts';
import { incidentStory, type IncidentStory, type PhaseTimes } from '../journal/incident-story.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { Oid } from '../releases/release.ts';
import { sameSuspect } from '../releases/suspects.ts';
import { branchOf } from '../rollback/branch.ts';
import type { TargetState } from '../state/state.ts';
import { targetKey, type TargetKey } from '../target.ts';
import type { Instant, Milliseconds } from '../time.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** What an audit is made from: all of it read from a clone. */
export interface AuditInput {
  readonly since: Instant;
  readonly until: Instant;
  /** The default branch as audited. */
  readonly head: Oid;
  /** The journal's branch as audited; absent: there is none. */
  readonly journal?: Oid;
  /** The merges of rollbacks on the default branch: commits with a whole record. */
  readonly merges: readonly MergeCommit[];
  /** By incident, its entries in the order of the chain. */
  readonly incidents: ReadonlyMap<string, readonly JournalLine[]>;
  /** When a file with pins of a target changed on the default branch, without rollbacks. */
  readonly releases: ReadonlyMap<TargetKey, readonly Instant[]>;
  readonly state: readonly TargetState[];
}

export interface MergeCommit {
  readonly commit: Oid;
  readonly at: Instant;
  readonly record: RollbackRecord;
}

/** The phases that are timed, by the moments that they begin and end with. */
export const PHASES = {
  detection: ['started', 'firstSeen'],
  triage: ['firstSeen', 'decided'],
  opening: ['decided', 'proposed'],
  execution: ['proposed', 'merged'],
  rollout: ['merged', 'rolledOut'],
  verification: ['rolledOut', 'verified'],
  /** From the first signal to the merge: what Lastgood answers for. */
  restore: ['firstSeen', 'merged'],
  /** From the first signal to verified recovery, where that is recorded. */
  recovery: ['firstSeen', 'verified'],
} as const satisfies Record<string, readonly [keyof PhaseTimes, keyof PhaseTimes]>;
export type Phase = keyof typeof PHASES;

/** One rollback that was merged. */
export interface AuditedRollback {
  readonly target: TargetKey;
  readonly incident: string;
  readonly commit: Oid;
  readonly at: Instant;
  readonly mode: RollbackRecord['mode'];
  readonly pull?: number;
  readonly alert: string;
  readonly severity: string;
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  readonly approvedBy: readonly string[];
  readonly requestedBy?: string;
  readonly took: Readonly<Partial<Record<Phase, Milliseconds>>>;
  /** What its record lacks; empty: it is complete. */
  readonly missing: readonly string[];
  /** What it rolled back was let back later, and stayed: it was no bad release. */
  readonly wasFalse: boolean;
  readonly relapsed: boolean;
}

export interface AuditedTarget {
  readonly target: TargetKey;
  readonly releases: number;
  readonly rollbacks: number;
  readonly automatic: number;
  readonly reviewed: number;
  /** Rollbacks that a person closed. */
  readonly rejected: number;
  readonly wasFalse: number;
  /** Rollbacks per release; absent without a release. */
  readonly rate?: number;
  readonly restore?: Spread;
}

export interface OpenQuarantine {
  readonly target: TargetKey;
  readonly pins: Readonly<Record<string, string>>;
  readonly since?: Instant;
  readonly by: string;
  readonly reason?: string;
}

export interface AuditReport {
  readonly since: Instant;
  readonly until: Instant;
  readonly head: Oid;
  readonly journal?: Oid;
  readonly rollbacks: readonly AuditedRollback[];
  readonly targets: readonly AuditedTarget[];
  readonly phases: Readonly<Partial<Record<Phase, Spread>>>;
  readonly complete: number;
  /** Share of rollbacks with a complete record, from 0 to 1; 1 without any. */
  readonly completeShare: number;
  readonly rejected: readonly {
    readonly target: TargetKey;
    readonly pull?: number;
    readonly at: Instant;
  }[];
  /** How many rollbacks each person approved. */
  readonly approvers: readonly { readonly login: string; readonly approved: number }[];
  readonly quarantines: readonly OpenQuarantine[];
}

/** What happened in a period, target by target. Pure. */
export function auditReport(input: AuditInput): AuditReport {
  const { since, until, head, journal, incidents } = input;
  const within = (at: Instant): boolean => at >= since && at <= until;
  const rolledBack = new Set(input.merges.map(({ record }) => record.badCommit));
  const states = new Map(input.state.map((one) => [targetKey(one.target), one]));
  const stories = new Map(
    [...incidents].flatMap(([incident, lines]) => {
      const story = incidentStory(lines);
      return story ? [[incident, story] as const] : [];
    }),
  );
  const rollbacks = input.merges
    .filter(({ at }) => within(at))
    .map((merge) => auditOne(merge, stories, states, rolledBack))
    .toSorted((a, b) => a.at - b.at);
  const rejected = [...stories.values()].flatMap(({ closed, target, pull }) =>
    closed?.by === 'person' && within(closed.at)
      ? [{ target, at: closed.at, ...(pull !== undefined && { pull }) }]
      : [],
  );
  const complete = rollbacks.filter(({ missing }) => missing.length === 0).length;
  return {
    since,
    until,
    head,
    ...(journal !== undefined && { journal }),
    rollbacks,
    targets: targetsOf(input, rollbacks, rejected, within),
    phases: phasesOf(rollbacks),
    complete,
    completeShare: rollbacks.length === 0 ? 1 : complete / rollbacks.length,
    rejected,
    approvers: approversOf(rollbacks),
    quarantines: input.state.flatMap(openQuarantines),
  };
}

function auditOne(
  { commit, at, record }: MergeCommit,
  stories: ReadonlyMap<string, IncidentStory>,
  states: ReadonlyMap<TargetKey, TargetState>,
  rolledBack: ReadonlySet<Oid>,
): AuditedRollback {
  const incident = branchOf(record);
  const story = stories.get(incident);
  const target = targetKey(record.target);
  const times: PhaseTimes = {
    firstSeen: record.firstSeen,
    decided: record.decidedAt,
    merged: at,
    ...story?.times,
  };
  const took: Partial<Record<Phase, Milliseconds>> = {};
  for (const [phase, [begin, end]] of Object.entries(PHASES)) {
    const [from, to] = [times[begin], times[end]];
    // Clocks differ: git dates to the second, and another machine's clock may be behind.
    if (from !== undefined && to !== undefined) took[phase as Phase] = Math.max(0, to - from);
  }
  return {
    target,
    incident,
    commit,
    at,
    mode: record.mode,
    ...(story?.pull !== undefined && { pull: story.pull }),
    alert: record.alert.name,
    severity: record.alert.severity,
    from: record.from,
    to: record.to,
    approvedBy: (record.approvedBy ?? []).map(({ login }) => login),
    ...(record.requestedBy && { requestedBy: record.requestedBy.login }),
    took,
    missing: missingOf(record, commit, story),
    wasFalse: wasFalse(states.get(target), record, rolledBack),
    relapsed: story?.relapsed ?? false,
  };
}

/** What is not written down of a rollback: in its commit, or in the journal. */
function missingOf(
  record: RollbackRecord,
  commit: Oid,
  story: IncidentStory | undefined,
): readonly string[] {
  if (!story) return ['journal'];
  return [
    ...(story.merge?.commit === commit ? [] : ['merge']),
    ...(story.record ? [] : ['decision']),
    ...(record.mode === 'reviewed' && (record.approvedBy ?? []).length === 0 ? ['approvals'] : []),
  ];
}

/** Whether what was rolled back was let back by a reland, and was not rolled back again. */
function wasFalse(
  state: TargetState | undefined,
  { from }: RollbackRecord,
  rolledBack: ReadonlySet<Oid>,
): boolean {
  return (state?.relands ?? []).some(
    ({ pins, used }) =>
      used !== undefined &&
      !rolledBack.has(used) &&
      Object.entries(pins).every(([pin, version]) => from[pin] === version),
  );
}

function targetsOf(
  { releases, state }: AuditInput,
  rollbacks: readonly AuditedRollback[],
  rejected: AuditReport['rejected'],
  within: (at: Instant) => boolean,
): readonly AuditedTarget[] {
  const keys = new Set([
    ...releases.keys(),
    ...rollbacks.map(({ target }) => target),
    ...rejected.map(({ target }) => target),
    ...state.map(({ target }) => targetKey(target)),
  ]);
  const byTarget = Map.groupBy(rollbacks, ({ target }) => target);
  const noes = Map.groupBy(rejected, ({ target }) => target);
  return [...keys].toSorted().map((target) => {
    const own = byTarget.get(target) ?? [];
    const count = (releases.get(target) ?? []).filter(within).length;
    const restore = spreadOf(own.flatMap(({ took }) => took.restore ?? []));
    const automatic = own.filter(({ mode }) => mode === 'automatic').length;
    return {
      target,
      releases: count,
      rollbacks: own.length,
      automatic,
      reviewed: own.length - automatic,
      rejected: (noes.get(target) ?? []).length,
      wasFalse: own.filter((one) => one.wasFalse).length,
      ...(count > 0 && { rate: own.length / count }),
      ...(restore && { restore }),
    };
  });
}

function phasesOf(rollbacks: readonly AuditedRollback[]): AuditReport['phases'] {
  const found = Object.keys(PHASES).flatMap((phase) => {
    const spread = spreadOf(rollbacks.flatMap(({ took }) => took[phase as Phase] ?? []));
    return spread ? [[phase, spread] as const] : [];
  });
  return Object.fromEntries(found);
}

function approversOf(rollbacks: readonly AuditedRollback[]): AuditReport['approvers'] {
  const counts = new Map<string, number>();
  for (const login of rollbacks.flatMap(({ approvedBy }) => approvedBy)) {
    counts.set(login, (counts.get(login) ?? 0) + 1);
  }
  return [...counts]
    .map(([login, approved]) => ({ login, approved }))
    .toSorted((a, b) => b.approved - a.approved || a.login.localeCompare(b.login));
}

/** The quarantines of a target that no reland answered. */
function openQuarantines({ target, quarantine, relands }: TargetState): readonly OpenQuarantine[] {
  return quarantine
    .filter(
      (one) =>
        !relands.some(({ pins, at }) => sameSuspect(pins, one.pins) && at >= (one.at ?? Infinity)),
    )
    .map(({ pins, at, by, reason }) => ({
      target: targetKey(target),
      pins,
      ...(at !== undefined && { since: at }),
      by: by?.login ?? 'a rollback',
      ...(reason !== undefined && { reason }),
    }));
}
