import type { Reason } from '../decision/decision.ts';
import type { Judgement } from '../monitors/judgement.ts';
import { RESPONSES, type Response, type Severity } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import { versionsOf, type Versions } from '../releases/versions.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import type { Instant, Milliseconds } from '../time.ts';
import type { Backtest, Contender, Tried, Unrecorded } from './backtest.ts';
import type { Would } from './decide-all.ts';
import type { Incident } from './incidents.ts';
import { policyDigest } from './policy-digest.ts';
import type { BacktestRecord } from './record.ts';
import { answers, type Score } from './score.ts';

/** A rollback that would have been opened. */
export interface WouldRollBack {
  readonly at: Instant;
  readonly target: TargetKey;
  /** `merge`: it would have merged by itself at once. */
  readonly act: Extract<Response, 'review' | 'merge'>;
  /** When it would have merged by itself; null: never, people would have had to. */
  readonly mergedAt: Instant | null;
  readonly reason: Reason;
  readonly sentence: string;
  readonly alert: { readonly name: string; readonly source: string; readonly severity: Severity };
  /** What the alert said, and what a monitor's judgement rests on. */
  readonly evidence: {
    readonly summary?: string;
    readonly value?: string;
    readonly threshold?: string;
    readonly judgement?: Judgement;
  };
  readonly running: { readonly commit: Oid; readonly versions: Versions };
  readonly goal: { readonly commit?: Oid; readonly versions: Versions };
  /** The incident that it answers, and how long after its beginning; null: it is false. */
  readonly incident: string | null;
  readonly after: Milliseconds | null;
}

/** What a guard, or the policy itself, kept from being done. */
export interface HeldBack {
  readonly target: TargetKey;
  readonly reason: Reason;
  readonly act: Response;
  /** Decisions, and alerts and releases that they were about. */
  readonly times: number;
  readonly alerts: number;
  readonly releases: number;
  readonly first: Instant;
  /** What was said the first time. */
  readonly sentence: string;
}

export interface ReportedIncident extends Incident {
  /** How long after its beginning it would have been answered; null: never. */
  readonly after: Milliseconds | null;
}

/** What one policy would have done. */
export interface PolicyReport {
  readonly policies: readonly {
    readonly target: TargetKey;
    readonly file: string;
    readonly digest: string;
  }[];
  readonly score: Score;
  readonly looks: number;
  readonly samples: number;
  readonly alerts: number;
  readonly rollbacks: readonly WouldRollBack[];
  /** How often each act was decided. */
  readonly acts: Readonly<Record<Response, number>>;
  readonly heldBack: readonly HeldBack[];
  readonly incidents: readonly ReportedIncident[];
  readonly unrecorded: readonly Unrecorded[];
}

export interface BacktestReport {
  readonly targets: readonly TargetKey[];
  readonly from: Instant;
  readonly to: Instant;
  /** The commit that stored alerts were read from; null: there is none, or they came from elsewhere. */
  readonly journal: Oid | null;
  /** The commit that holds and freezes were read from; null: the clone has no branch with them. */
  readonly state: Oid | null;
  /** The name of everything that was replayed. */
  readonly digest: string;
  readonly policy: PolicyReport;
  readonly against: PolicyReport | null;
}

/** Everything a backtest says, as plain data. */
export function reportOf(
  { span, tried }: Backtest,
  contenders: readonly Contender[],
  read: Pick<BacktestReport, 'journal' | 'state' | 'digest'>,
): BacktestReport {
  const [policy, against] = contenders.map((contender, i) => {
    const one = tried[i];
    if (!one) throw new RangeError('Every contender is tried.');
    return reportPolicy(one, contender);
  });
  if (!policy) throw new RangeError('A backtest has a contender.');
  const targets = policy.policies.map(({ target }) => target);
  return { targets, ...span, ...read, policy, against: against ?? null };
}

function reportPolicy(tried: Tried, { policies }: Contender): PolicyReport {
  const { would, score, incidents, looks, samples, alerts, unrecorded } = tried;
  const rollbacks = would.flatMap((one) => reportRollback(one, tried) ?? []);
  const acts = Object.fromEntries(
    RESPONSES.map((act) => [act, would.filter(({ decision }) => decision.act === act).length]),
  ) as Record<Response, number>;
  return {
    policies: policies.map((policy) => ({
      target: targetKey(policy.target),
      file: policy.file,
      digest: policyDigest(policy),
    })),
    score,
    looks,
    samples,
    alerts,
    rollbacks,
    acts,
    heldBack: heldBack(would),
    incidents: incidents.map((incident) => {
      const hits = rollbacks.filter((one) => answers(one, [incident]));
      const first = Math.min(...hits.map(({ at }) => at));
      return { ...incident, after: hits.length === 0 ? null : first - incident.began };
    }),
    unrecorded,
  };
}

function reportRollback(
  { at, target, alert, judgement, decision, running, rollback, goal }: Would,
  { would, incidents, timelines }: Tried,
): WouldRollBack | undefined {
  const { act, reason } = decision;
  if (rollback === undefined || !goal || (act !== 'merge' && act !== 'review')) return undefined;
  const incident = answers({ target, at }, incidents);
  const ran = timelines.get(target)?.ran.find(({ release }) => release.commit === running);
  const { name, source, severity, summary, value, threshold } = alert;
  return {
    at,
    target,
    act,
    mergedAt: act === 'merge' ? at : (would.find(({ merges }) => merges === rollback)?.at ?? null),
    reason,
    sentence: decisionSentence(decision, { alert, target }),
    alert: { name, source, severity },
    evidence: {
      ...(summary !== undefined && { summary }),
      ...(value !== undefined && { value }),
      ...(threshold !== undefined && { threshold }),
      ...(judgement && { judgement }),
    },
    running: { commit: running, versions: ran ? versionsOf(ran.release) : {} },
    goal,
    incident: incident?.name ?? null,
    after: incident ? at - incident.began : null,
  };
}

/** Not held back: what the policy says, and what is over. */
const FREE: ReadonlySet<Reason> = new Set(['policy', 'resolved']);

function heldBack(would: readonly Would[]): readonly HeldBack[] {
  const held = would.filter(({ decision }) => !FREE.has(decision.reason));
  const groups = Map.groupBy(held, ({ target, decision }) =>
    JSON.stringify([target, decision.reason, decision.act]),
  );
  return [...groups.values()]
    .flatMap((all): HeldBack[] => {
      const [first] = all;
      if (!first) return [];
      const { at, target, alert, decision } = first;
      const distinct = (name: (one: Would) => string): number => new Set(all.map(name)).size;
      return [
        {
          target,
          reason: decision.reason,
          act: decision.act,
          times: all.length,
          alerts: distinct((one) => one.alert.name),
          releases: distinct((one) => one.running),
          first: at,
          sentence: decisionSentence(decision, { alert, target }),
        },
      ];
    })
    .toSorted((a, b) => b.times - a.times || a.first - b.first);
}

/** The record of a target, for the manifests repository. */
export function recordOf(
  { span, tried }: Backtest,
  { policies }: Contender,
  target: TargetKey,
  digest: string,
): BacktestRecord | undefined {
  const [first] = tried;
  const policy = policies.find((one) => targetKey(one.target) === target);
  const score = first?.scores.get(target);
  if (!first || !policy || !score) return undefined;
  const { incidents, found, falseRollbacks, freeDays } = score;
  return {
    format: 1,
    target,
    policy: policyDigest(policy),
    data: {
      from: new Date(span.from).toISOString(),
      to: new Date(span.to).toISOString(),
      samples: first.samples,
      alerts: first.alerts,
      digest,
    },
    result: { incidents, found, falseRollbacks, freeDays },
  };
}
