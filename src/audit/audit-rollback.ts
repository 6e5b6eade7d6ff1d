import type { IncidentStory, PhaseTimes } from '../journal/incident-story.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { Oid } from '../releases/release.ts';
import { branchOf } from '../rollback/branch.ts';
import type { TargetState } from '../state/state.ts';
import { targetKey, type TargetKey } from '../target.ts';
import type { Instant, Milliseconds } from '../time.ts';
import { PHASES, type Phase } from './phases.ts';

/** A commit with the whole record of a rollback. */
export interface MergeCommit {
  readonly commit: Oid;
  readonly at: Instant;
  readonly record: RollbackRecord;
}

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

/** A rollback that a person closed. */
export interface RejectedRollback {
  readonly target: TargetKey;
  readonly pull?: number;
  readonly at: Instant;
}

/** What there is to say of one rollback, by its commit, its incident and what became of it. Pure. */
export function auditRollback(
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
