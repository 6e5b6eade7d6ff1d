import type { DrillRecord } from '../drill/drill.ts';
import { auditDrills, type AuditedDrills } from './audit-drills.ts';
import type { JournalLine } from '../journal/chain.ts';
import { incidentStory } from '../journal/incident-story.ts';
import type { Oid } from '../releases/release.ts';
import { sameSuspect } from '../releases/suspects.ts';
import type { TargetState } from '../state/state.ts';
import { targetKey, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import {
  auditRollback,
  type AuditedRollback,
  type MergeCommit,
  type RejectedRollback,
} from './audit-rollback.ts';
import {
  figuresOf,
  groupBy,
  monthsOf,
  type Figures,
  type Happened,
  type MonthFigures,
} from './figures.ts';

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
  /** Every rehearsal that the journal has. */
  readonly drills: readonly DrillRecord[];
}

export interface AuditedTarget extends Figures {
  readonly target: TargetKey;
  readonly months: readonly MonthFigures[];
}

/** A person, and what they approved. */
export interface Approver {
  readonly login: string;
  readonly approved: readonly Pick<AuditedRollback, 'target' | 'commit' | 'at' | 'pull'>[];
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
  /** All targets together, month by month. */
  readonly months: readonly MonthFigures[];
  readonly phases: Figures['phases'];
  readonly complete: number;
  /** Share of rollbacks with a complete record, from 0 to 1; 1 without any. */
  readonly completeShare: number;
  readonly rejected: readonly RejectedRollback[];
  readonly approvers: readonly Approver[];
  readonly quarantines: readonly OpenQuarantine[];
  readonly drills: readonly AuditedDrills[];
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
    .map((merge) => auditRollback(merge, stories, states, rolledBack))
    .toSorted((a, b) => a.at - b.at);
  const rejected = [...stories.values()].flatMap(({ closed, target, pull }) =>
    closed?.by === 'person' && within(closed.at)
      ? [{ target, at: closed.at, ...(pull !== undefined && { pull }) }]
      : [],
  );
  const releases = [...input.releases].flatMap(([target, all]) =>
    all.filter(within).map((at) => ({ target, at })),
  );
  const happened = { rollbacks, rejected, releases };
  const { complete, completeShare, phases } = figuresOf(happened);
  return {
    since,
    until,
    head,
    ...(journal !== undefined && { journal }),
    rollbacks,
    targets: targetsOf(input, happened),
    months: monthsOf(happened),
    phases,
    complete,
    completeShare,
    rejected,
    approvers: approversOf(rollbacks),
    quarantines: input.state.flatMap(openQuarantines),
    drills: auditDrills(input.drills, within),
  };
}

/** Of a target's months, these phases are told: with all, an audit of years would be mostly that. */
const RESTORED = ['restore', 'recovery'] as const;

/** Every target that there is anything to say of, also that nothing happened. */
function targetsOf({ releases, state }: AuditInput, happened: Happened): readonly AuditedTarget[] {
  const byTarget = new Map(groupBy(happened, ({ target }) => target));
  const none: Happened = { rollbacks: [], rejected: [], releases: [] };
  const keys = new Set([
    ...releases.keys(),
    ...byTarget.keys(),
    ...state.map(({ target }) => targetKey(target)),
  ]);
  return [...keys].toSorted().map((target) => {
    const own = byTarget.get(target) ?? none;
    return { target, ...figuresOf(own), months: monthsOf(own, RESTORED) };
  });
}

function approversOf(rollbacks: readonly AuditedRollback[]): readonly Approver[] {
  const found = new Map<string, Approver['approved'][number][]>();
  for (const { approvedBy, target, commit, at, pull } of rollbacks) {
    for (const login of approvedBy) {
      const one = { target, commit, at, ...(pull !== undefined && { pull }) };
      const known = found.get(login);
      if (known) known.push(one);
      else found.set(login, [one]);
    }
  }
  return [...found]
    .map(([login, approved]) => ({ login, approved }))
    .toSorted((a, b) => b.approved.length - a.approved.length || a.login.localeCompare(b.login));
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
