import { createHash } from 'node:crypto';
import type { PlannedRelease } from '../rollback/plan.ts';
import type { Json } from '../store/item.ts';
import { rungName } from '../policy/rung-name.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { alertFacts } from './alert-facts.ts';
import type { Entry } from './entry.ts';
import { partsFacts } from './parts-facts.ts';
import { samplesFacts } from './samples.ts';
import { drillFacts } from './drill-facts.ts';
import type { RollbackRecord } from './trailers.ts';

/** An entry as it is kept: plain data, whatever the program that reads it later knows. */
export interface JournalRecord {
  /** Follows from what the entry is about: the same thing written down twice has one name. */
  readonly id: string;
  readonly at: Instant;
  readonly kind: Entry['kind'];
  /** The incident's branch. */
  readonly incident?: string;
  readonly sentence: string;
  readonly facts: { readonly [key: string]: Json };
  /** So often the same was said, when for the last time, and the alerts it was said to (see `alert-facts.ts`). */
  readonly repeats?: {
    readonly count: number;
    readonly until: Instant;
    readonly alerts?: readonly JournalRecord['facts'][];
  };
}

/** What is the same to a reader of the journal: entries with one name are counted instead of repeated. */
export type RepeatName = string;

/**
 * The entry as the journal keeps it; undefined for what is none of its business: a step that failed is tried again,
 * and stands in the log.
 */
export function recordOf(entry: Entry): JournalRecord | undefined {
  if (entry.kind === 'failed') return undefined;
  const { at, kind, incident, sentence, samples = [] } = entry;
  return {
    id: nameOf(identityOf(entry)),
    at,
    kind,
    ...(incident !== undefined && { incident }),
    sentence,
    facts: {
      ...factsOf(entry),
      ...(samples.length > 0 && { samples: samplesFacts(samples) }),
    },
  };
}

/** The name under which an entry is counted; undefined for a step that is taken once. */
export function repeatName(entry: Entry): RepeatName | undefined {
  const { kind, incident = '' } = entry;
  switch (kind) {
    case 'decided': {
      const { act, reason } = entry.decision;
      const about = entry.target ? targetKey(entry.target) : entry.alert.model;
      return nameOf([kind, incident, act, reason, about, entry.alert.name]);
    }
    case 'waiting':
      return nameOf([kind, incident, entry.sentence]);
    case 'policy-problem':
      return nameOf([kind, entry.sentence]);
    case 'passed':
      return nameOf([kind, targetKey(entry.target), entry.monitor, entry.why]);
    case 'commanded':
      // What strangers say is no decision, and may be said as often as they like.
      return entry.outcome === 'unheard' ? nameOf([kind, 'unheard']) : undefined;
    case 'adopted':
    case 'closed':
    case 'drilled':
    case 'failed':
    case 'merged':
    case 'paged':
    case 'planned':
    case 'proposed':
    case 'followed':
    case 'renewed':
    case 'state':
    case 'storm':
    case 'armed':
    case 'storm-over':
    case 'tampered':
      return undefined;
  }
}

/** The name under which decisions are counted that come in too many kinds to tell apart. */
export function crowdName(entry: Entry): RepeatName | undefined {
  if (entry.kind === 'passed') return nameOf(['crowd', entry.kind, entry.why]);
  if (entry.kind !== 'decided') return undefined;
  const { act, reason } = entry.decision;
  return nameOf(['crowd', entry.incident ?? '', act, reason]);
}

/** A short name for anything, of hex digits. */
function nameOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** What makes an entry this one, and not another: for a step that is taken once, not when it was written down. */
function identityOf(entry: Entry): readonly (string | number)[] {
  const { kind, incident = '', at, sentence } = entry;
  switch (kind) {
    case 'proposed':
    case 'adopted':
      return ['proposed', incident, entry.number];
    case 'merged':
      return [kind, incident, entry.commit];
    case 'planned':
    case 'renewed':
      return [kind, incident, entry.plan.base];
    case 'drilled':
      return [kind, incident, entry.drill.startedAt];
    case 'tampered':
      return [kind, entry.commit ?? '', entry.commit === undefined ? at : 0];
    case 'closed':
    case 'commanded':
    case 'decided':
    case 'failed':
    case 'paged':
    case 'policy-problem':
    case 'followed':
    case 'state':
    case 'storm':
    case 'armed':
    case 'passed':
    case 'storm-over':
    case 'waiting':
      return [kind, incident, at, sentence];
  }
}

function factsOf(entry: Exclude<Entry, { kind: 'failed' }>): JournalRecord['facts'] {
  switch (entry.kind) {
    case 'decided': {
      const { act, reason, also = [], facts } = entry.decision;
      const { target, policy, seen, alert } = entry;
      return {
        act,
        reason,
        ...(also.length > 0 && { also: [...also] }),
        why: { ...facts },
        ...(target && { target: targetKey(target) }),
        ...(policy && { policy: { ...policy } }),
        alert: { ...alertFacts(alert) },
        ...(seen && { firings: seen.firings, since: iso(seen.since) }),
      };
    }
    case 'planned':
    case 'renewed': {
      const { base, bad, goal, edits } = entry.plan;
      return {
        base,
        bad: releaseFacts(bad),
        goal: goal.kind === 'release' ? releaseFacts(goal) : { fallback: true },
        from: { ...bad.versions },
        to: { ...goal.versions },
        files: [...new Set(edits.map(({ file }) => file))],
        ...(entry.kind === 'renewed' && { pull: entry.number }),
        ...(entry.kind === 'planned' && entry.parts && { parts: partsFacts(entry.parts) }),
      };
    }
    case 'proposed':
    case 'adopted': {
      const { number, url, record } = entry;
      return { pull: number, url, ...(record && { record: recordFacts(record) }) };
    }
    case 'waiting':
      return { pull: entry.number };
    case 'merged': {
      const { number, commit, by, record, rebuilt } = entry;
      return {
        pull: number,
        commit,
        ...(by && { by }),
        ...(record && { record: recordFacts(record) }),
        ...(rebuilt && { rebuilt }),
      };
    }
    case 'closed': {
      const { number, by, rebuilt } = entry;
      return { pull: number, ...(by && { by }), ...(rebuilt && { rebuilt }) };
    }
    case 'followed': {
      const { number, commit, happened, since, rebuilt } = entry;
      return {
        pull: number,
        commit,
        happened,
        ...(since !== undefined && { since: iso(since) }),
        ...(rebuilt && { rebuilt }),
      };
    }
    case 'policy-problem': {
      const { file, line } = entry.problem;
      return { file, ...(line !== undefined && { line }) };
    }
    case 'storm': {
      const { models, since } = entry.storm;
      return { models: models.slice(0, 20), count: models.length, since: iso(since) };
    }
    case 'commanded': {
      const { number, by, outcome } = entry;
      return { number, by: { login: by.login, id: by.id }, outcome };
    }
    case 'drilled':
      return drillFacts(entry.drill);
    case 'armed':
      return { target: targetKey(entry.target), armed: entry.armed };
    case 'passed':
      return { target: targetKey(entry.target), monitor: entry.monitor, why: entry.why };
    case 'paged':
      return { key: entry.key, severity: entry.severity };
    case 'tampered': {
      const { commit, login } = entry;
      return { ...(commit !== undefined && { commit }), ...(login !== undefined && { login }) };
    }
    case 'state':
    case 'storm-over':
      return {};
  }
}

function releaseFacts({ commit, at, author }: PlannedRelease): Json {
  return { commit, at: iso(at), author };
}

function recordFacts(record: RollbackRecord): Json {
  const { target, mode, badCommit, goalCommit, base, from, to, alert, policy } = record;
  const { firstSeen, decidedAt, approvedBy, requestedBy, reason, rung, unansweredFor } = record;
  return {
    target: targetKey(target),
    mode,
    bad: badCommit,
    ...(goalCommit !== undefined && { goal: goalCommit }),
    ...(rung && { rung: rung.number, tries: rungName(rung.rung), first: rung.first }),
    base,
    from: { ...from },
    to: { ...to },
    alert: { ...alert },
    firstSeen: iso(firstSeen),
    decided: iso(decidedAt),
    ...(approvedBy && { approvedBy: approvedBy.map(({ login, id }) => ({ login, id })) }),
    ...(unansweredFor !== undefined && { unansweredFor }),
    ...(requestedBy && { requestedBy: { login: requestedBy.login, id: requestedBy.id } }),
    ...(reason !== undefined && { reason }),
    policy: { file: policy.file, commit: policy.commit },
  };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
