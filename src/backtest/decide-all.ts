/**
 * What would have been decided, moment by moment, by the same guards as in the running service.
 *
 * What must hold: a decision at a moment depends on nothing that came later; what would have been rolled back counts for
 * the budgets and the cool-down of what comes after it, as do the rollbacks that really happened until then. History
 * went on as it did: a release that would have been rolled back runs on in it, and what it measured from then on is of
 * an incident that was answered.
 *
 * What people held and froze really held: as of each moment, and no longer than they let it. What they would have done
 * about a rollback is not replayed: nobody approves or closes. One for review stays open while its bad release runs.
 *
 * @module
 */
import type { Alert } from '../alerts/alert.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, DecisionInput, Evidence } from '../decision/decision.ts';
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
import { restrictionsOf } from '../state/restrictions.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { DAY, type Instant } from '../time.ts';
import { pastAt, type Simulated } from './simulated.ts';
import type { StateChange, StateHistory } from './state-history.ts';
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
  /** What people held and froze. */
  readonly state: StateHistory;
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
  /** The number of the one that waited for review, and would have merged by itself now. */
  readonly merges?: number;
  /** Where it would have gone: a commit, or the fallback. */
  readonly goal?: { readonly commit?: Oid; readonly versions: Versions };
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

  const reconsider = async (
    key: string,
    now: Instant,
    telling: 'always' | 'if-it-acts' = 'always',
  ): Promise<void> => {
    again.delete(key);
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
    const input: DecisionInput = {
      now,
      evidence: seen,
      policy,
      repository: world.set.repository,
      restrictions: restrictionsOf(world.state.stateAt(policy.target, now), policy.target, now),
      running,
      runningIsRollback: ran.isRollback,
      past,
      storm: findStorm(findFailing(evidence.values(), world.set, past), rule, now),
    };
    const judgement = judgements.get(key);
    const base = {
      at: now,
      target,
      alert: seen.alert,
      ...(judgement && { judgement }),
      running: running.commit,
    };
    const joined = simulated.find(
      (one) =>
        one.target === target && one.badCommit === running.commit && one.mergedAt === undefined,
    );
    const stronger = joined && mergesNow(input, joined);
    if (stronger) {
      joined.mergedAt = now;
      return void would.push({ ...base, decision: stronger, merges: joined.number });
    }
    const decided = decide(input);
    if (decided.recheckAt !== undefined) again.set(key, decided.recheckAt);
    const quarantine = simulated.filter((one) => one.target === target).map((one) => one.suspect);
    const acts = decided.act === 'review' || decided.act === 'merge';
    if (!acts && telling === 'if-it-acts') return;
    const selection = acts && (await world.goal({ policy, ran, now, quarantine }));
    const decision = selection ? withGoal(decided, policy.target, selection) : decided;
    const one = { ...base, decision };
    if (!selection || selection.kind === 'none') return void would.push(one);
    const number = simulated.length + 1;
    const goal = goalOf(selection);
    const suspect = suspectsOf(versionsOf(running), goal.versions);
    const opened = { number, target, badCommit: running.commit, at: now, suspect };
    simulated.push({ ...opened, ...(decision.act === 'merge' && { mergedAt: now }) });
    would.push({ ...one, rollback: number, goal });
  };

  /** What fires may be let go by what people lifted. */
  const follow = async ({ at, target }: StateChange): Promise<void> => {
    for (const [key, { alert }] of [...evidence].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (alert.status !== 'firing') continue;
      const routed = routeAlert(alert, world.set);
      if (routed.kind !== 'target') continue;
      if (target !== undefined && targetKey(routed.policy.target) !== target) continue;
      await reconsider(key, at, 'if-it-acts');
    }
  };

  /** Looks again at what waited for a moment that has come; news before it may have made it needless. */
  let changed = 0;
  const catchUp = async (until: Instant): Promise<void> => {
    for (;;) {
      const [next] = [...again].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
      const change = world.state.changes[changed];
      if (change && change.at <= until && change.at <= (next?.[1] ?? Infinity)) {
        changed += 1;
        await follow(change);
        continue;
      }
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
    forget(evidence, at);
    await reconsider(key, at);
  }
  await catchUp(end);
  return would;
}

/** What waits for review merges by itself where an alert would have merged it had it come first, as in the service. */
function mergesNow(input: DecisionInput, { number }: Simulated): Decision | undefined {
  const alone = decide({ ...input, past: input.past.filter((one) => one.number !== number) });
  return alone.act === 'merge' ? alone : undefined;
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

function goalOf(
  selection: Exclude<Selection, { readonly kind: 'none' }>,
): NonNullable<Would['goal']> {
  if (selection.kind === 'fallback') return { versions: { ...selection.values } };
  const { release } = selection;
  return { commit: release.commit, versions: versionsOf(release) };
}
