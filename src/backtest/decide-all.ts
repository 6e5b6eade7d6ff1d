/**
 * What would have been decided, moment by moment, by the same guards as in the running service.
 *
 * What must hold: a decision at a moment depends on nothing that came later; what would have been rolled back counts for
 * the budgets and the cool-down of what comes after it, as do the rollbacks that really happened until then. History
 * went on as it did: a release that would have been rolled back runs on in it, and what it measured from then on is of
 * an incident that was answered.
 *
 * People are not replayed: nobody approves, holds or closes. A rollback for review stays open while its bad release runs.
 *
 * @module
 */
import type { Alert } from '../alerts/alert.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, Evidence, PastRollback } from '../decision/decision.ts';
import { findStorm } from '../decision/storm.ts';
import type { Judgement } from '../monitors/judgement.ts';
import type { PolicySet, TargetPolicy } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import type { Oid } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { suspectsOf } from '../releases/suspects.ts';
import { versionsOf, type Versions } from '../releases/versions.ts';
import { alertKey } from '../rollback/alert-key.ts';
import { seeAlerts } from '../rollback/see-alerts.ts';
import { findFailing } from '../rollback/watch-storm.ts';
import { withGoal } from '../rollback/with-goal.ts';
import { NO_RESTRICTIONS } from '../state/restrictions.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { DAY, type Instant } from '../time.ts';
import { asOfThen, ranAt, type Ran, type Timeline } from './timeline.ts';

/** Something that was seen at a moment: a recorded alert, or a monitor that fired or recovered. */
export interface Signal {
  readonly at: Instant;
  readonly alert: Alert;
  /** What a monitor's alert rests on. */
  readonly judgement?: Judgement;
}

/** What is replayed into: a policy set that is tried, and what ran. */
export interface World {
  readonly set: PolicySet;
  /** What ran of each target that is replayed; alerts about others are passed over. */
  readonly timelines: ReadonlyMap<TargetKey, Timeline>;
  /** Where a rollback would have gone. */
  goal(question: {
    readonly policy: TargetPolicy;
    readonly ran: Ran;
    readonly now: Instant;
    /** What would have been rolled back before. */
    readonly quarantine: readonly Versions[];
  }): Promise<Selection>;
}

/** What would have been decided at a moment. */
export interface Would {
  readonly at: Instant;
  readonly target: TargetKey;
  readonly alert: Alert;
  readonly judgement?: Judgement;
  readonly decision: Decision;
  /** The release that ran. */
  readonly running: Oid;
  /** The number of the rollback that would have been opened, from 1; absent unless one would have been. */
  readonly rollback?: number;
  /** Where it would have gone: a commit, or the fallback. */
  readonly goal?: { readonly commit?: Oid; readonly versions: Versions };
}

interface Simulated {
  readonly number: number;
  readonly target: TargetKey;
  readonly badCommit: Oid;
  readonly at: Instant;
  readonly merged: boolean;
  readonly suspect: Versions;
}

/** Replays signals in the order of time, until the moment at which the recording ends. */
export async function decideAll(
  signals: readonly Signal[],
  world: World,
  end: Instant,
): Promise<readonly Would[]> {
  const evidence = new Map<string, Evidence>();
  const judgements = new Map<string, Judgement>();
  const again = new Map<string, Instant>();
  const simulated: Simulated[] = [];
  const would: Would[] = [];

  const reconsider = async (key: string, now: Instant): Promise<void> => {
    const seen = evidence.get(key);
    if (!seen) return;
    const routed = routeAlert(seen.alert, world.set);
    if (routed.kind !== 'target') return;
    const { policy } = routed;
    const target = targetKey(policy.target);
    const timeline = world.timelines.get(target);
    const ran = timeline && ranAt(timeline, now);
    if (!ran) return;
    const past = pastAt(simulated, world.timelines, now);
    const rule = world.set.repository.storm.models;
    const running = asOfThen(ran);
    const decided = decide({
      now,
      evidence: seen,
      policy,
      repository: world.set.repository,
      restrictions: NO_RESTRICTIONS,
      running,
      runningIsRollback: ran.isRollback,
      past,
      storm: findStorm(findFailing(evidence.values(), world.set, past), rule, now),
    });
    if (decided.recheckAt !== undefined) again.set(key, decided.recheckAt);
    const quarantine = simulated.filter((one) => one.target === target).map((one) => one.suspect);
    const acts = decided.act === 'review' || decided.act === 'merge';
    const selection = acts && (await world.goal({ policy, ran, now, quarantine }));
    const decision = selection ? withGoal(decided, policy.target, selection) : decided;
    const judgement = judgements.get(key);
    const one = {
      at: now,
      target,
      alert: seen.alert,
      ...(judgement && { judgement }),
      decision,
      running: running.commit,
    };
    if (!selection || selection.kind === 'none') return void would.push(one);
    const number = simulated.length + 1;
    const goal = goalOf(selection);
    const suspect = suspectsOf(versionsOf(running), goal.versions);
    const merged = decision.act === 'merge';
    simulated.push({ number, target, badCommit: running.commit, at: now, merged, suspect });
    would.push({ ...one, rollback: number, goal });
  };

  /** Looks again at what waited for a moment that has come; news before it may have made it needless. */
  const catchUp = async (until: Instant): Promise<void> => {
    for (;;) {
      const [next] = [...again].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
      if (!next || next[1] > until) return;
      const [key, at] = next;
      again.delete(key);
      if (evidence.get(key)?.alert.status === 'firing') await reconsider(key, at);
    }
  };

  for (const { at, alert, judgement } of signals.toSorted(inOrder)) {
    await catchUp(at);
    const key = alertKey(alert);
    if (judgement) judgements.set(key, judgement);
    else judgements.delete(key);
    seeAlerts(evidence, [alert]);
    again.delete(key);
    forget(evidence, at);
    await reconsider(key, at);
  }
  await catchUp(end);
  return would;
}

function inOrder(one: Signal, other: Signal): number {
  const [a, b] = [alertKey(one.alert), alertKey(other.alert)];
  return one.at - other.at || (a < b ? -1 : a > b ? 1 : 0);
}

/** An alert that was over for so long is forgotten, as in the service. */
const FORGOTTEN_AFTER = DAY;

function forget(evidence: Map<string, Evidence>, now: Instant): void {
  for (const [key, { alert }] of evidence) {
    if (alert.status === 'resolved' && now - alert.receivedAt > FORGOTTEN_AFTER) {
      evidence.delete(key);
    }
  }
}

/** The rollbacks as a decision at a moment would have known them. */
function pastAt(
  simulated: readonly Simulated[],
  timelines: World['timelines'],
  now: Instant,
): readonly PastRollback[] {
  const would = simulated.map(({ number, target, badCommit, at, merged }): PastRollback => {
    const timeline = timelines.get(target);
    const runs = timeline && ranAt(timeline, now)?.release.commit === badCommit;
    const state = merged ? 'merged' : runs ? 'open' : 'closed-by-lastgood';
    const base = { target, badCommit, number, openedAt: at, state, automatic: merged } as const;
    return merged ? { ...base, mergedAt: at } : base;
  });
  const known = new Set(simulated.map(({ target, badCommit }) => `${target} ${badCommit}`));
  const real = [...timelines].flatMap(([target, { rollbacks }]) =>
    rollbacks
      .filter(({ at, badCommit }) => at <= now && !known.has(`${target} ${badCommit}`))
      .map(({ badCommit, at, automatic }): PastRollback => ({
        target,
        badCommit,
        number: 0,
        openedAt: at,
        state: 'merged',
        mergedAt: at,
        automatic,
      })),
  );
  return [...would, ...real];
}

function goalOf(
  selection: Exclude<Selection, { readonly kind: 'none' }>,
): NonNullable<Would['goal']> {
  if (selection.kind === 'fallback') return { versions: { ...selection.values } };
  const { release } = selection;
  return { commit: release.commit, versions: versionsOf(release) };
}
