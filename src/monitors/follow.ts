import type { Instant, Milliseconds } from '../time.ts';
import { assessMetric, NO_COUNTS } from './canary/argo-rollouts.ts';
import type { Judgement } from './judgement.ts';

/**
 * From single judgements to what a monitor says: nothing is rolled back for one bad look.
 *
 * Properties: the same judgements at the same times give the same states, and a judgement that is not newer than the
 * last one changes nothing, so a tick may run twice. Inconclusive never counts as good and never as bad.
 */
export interface FollowRule {
  /** So many bad judgements in a row make it fire. */
  readonly consecutive: number;
  /**
   * In place of `consecutive`, as Argo Rollouts counts: so many bad judgements of a release may be, in a row or not, and
   * one more makes it fire.
   */
  readonly failureLimit?: number;
  /** So many good ones in a row end that: more than one, so that a metric at its bound does not flicker. */
  readonly recover: number;
  /** After it ended it does not fire again for so long. */
  readonly coolDown: Milliseconds;
  /** Nothing is judged for so long after a release: caches are cold, pods start. */
  readonly settle: Milliseconds;
  /** Without a verdict for so long, missing data are themselves what is wrong. Absent: never. */
  readonly noDataAfter?: Milliseconds;
}

export type Stand =
  /** Nothing is wrong, as far as is known. */
  | 'quiet'
  /** Bad, and not yet often enough. */
  | 'suspect'
  /** Fires: the release is bad. */
  | 'firing'
  /** Fires, because nothing has been known for too long. */
  | 'blind';

export interface Followed {
  readonly stand: Stand;
  readonly bad: number;
  readonly good: number;
  /** Bad judgements of the release since it last fired, in a row or not; where there is a limit of them. */
  readonly failed?: number;
  /** The release that the counts are about, by the moment it began. A new one begins anew. */
  readonly releasedAt: Instant;
  /** When a verdict was last good or bad; at first, when watching began. */
  readonly knownAt: Instant;
  /** When the last judgement was made. */
  readonly judgedAt: Instant;
  /** Until when it does not fire again. */
  readonly coolUntil?: Instant;
  /** The first of the bad judgements in a row. */
  readonly badSince?: Instant;
}

/** Why a judgement changed nothing, or what it did. */
export type Step =
  | 'settling'
  | 'repeated'
  | 'counted'
  | 'fired'
  | 'cooling'
  | 'goes-on'
  | 'recovered'
  | 'unknown'
  | 'blinded';

export interface Following {
  readonly state: Followed;
  readonly step: Step;
}

/** Before the first judgement of a release. */
export function beginFollowing(releasedAt: Instant, coolUntil?: Instant): Followed {
  return {
    stand: 'quiet',
    bad: 0,
    good: 0,
    releasedAt,
    knownAt: releasedAt,
    judgedAt: 0,
    ...(coolUntil !== undefined && { coolUntil }),
  };
}

/** One judgement more. */
export function follow(
  rule: FollowRule,
  before: Followed,
  judgement: Pick<Judgement, 'verdict'>,
  { at, releasedAt }: { readonly at: Instant; readonly releasedAt: Instant },
): Following {
  const known =
    before.releasedAt === releasedAt ? before : beginFollowing(releasedAt, before.coolUntil);
  if (at <= known.judgedAt) return { state: known, step: 'repeated' };
  if (at < releasedAt + rule.settle) return { state: known, step: 'settling' };
  switch (judgement.verdict) {
    case 'bad':
      return countBad(rule, { ...known, judgedAt: at }, at);
    case 'good':
      return countGood(rule, known, at);
    case 'inconclusive':
      return countUnknown(rule, { ...known, judgedAt: at }, at);
  }
}

function countBad(rule: FollowRule, before: Followed, at: Instant): Following {
  const badSince = before.badSince ?? at;
  const row = { ...before, bad: before.bad + 1, good: 0, knownAt: at, badSince };
  const state: Followed =
    rule.failureLimit === undefined ? row : { ...row, failed: (before.failed ?? 0) + 1 };
  if (before.stand === 'firing') return { state, step: 'goes-on' };
  if (!isEnough(rule, state)) return { state: { ...state, stand: 'suspect' }, step: 'counted' };
  if (before.coolUntil !== undefined && at < before.coolUntil) {
    return { state: { ...state, stand: 'suspect' }, step: 'cooling' };
  }
  return { state: { ...state, stand: 'firing' }, step: 'fired' };
}

function isEnough(
  { consecutive, failureLimit }: FollowRule,
  { bad, failed = 0 }: Followed,
): boolean {
  if (failureLimit === undefined) return bad >= consecutive;
  const counts = { ...NO_COUNTS, count: failed, failed };
  return assessMetric(counts, { failureLimit, repeated: true }) === 'failed';
}

function countGood(rule: FollowRule, before: Followed, at: Instant): Following {
  const { stand, good, failed, releasedAt, coolUntil } = before;
  const fires = stand === 'firing' || stand === 'blind';
  const recovers = fires && good + 1 >= rule.recover;
  // Written out, as most looks are good ones. What was bad before is over.
  const state: Followed = {
    stand: fires && !recovers ? stand : 'quiet',
    bad: 0,
    good: good + 1,
    releasedAt,
    knownAt: at,
    judgedAt: at,
  };
  if (recovers) return { state: { ...state, coolUntil: at + rule.coolDown }, step: 'recovered' };
  if (failed !== undefined) {
    const counted = { ...state, failed, ...(coolUntil !== undefined && { coolUntil }) };
    return { state: counted, step: 'counted' };
  }
  return { state: coolUntil === undefined ? state : { ...state, coolUntil }, step: 'counted' };
}

/** Rows are not broken by a look that says nothing: a scrape gap in the middle of an outage does not hide it. */
function countUnknown(rule: FollowRule, before: Followed, at: Instant): Following {
  const dark = rule.noDataAfter !== undefined && at - before.knownAt >= rule.noDataAfter;
  const mayFire = before.coolUntil === undefined || at >= before.coolUntil;
  if (!dark || before.stand === 'firing' || before.stand === 'blind' || !mayFire) {
    return { state: before, step: 'unknown' };
  }
  return { state: { ...before, stand: 'blind' }, step: 'blinded' };
}
