/**
 * What becomes of a rollback after its merge, as a pure function: it takes what is known and what is seen now, and
 * answers what is known from then on, what happened, and when to look again.
 *
 * What must hold: what was seen before the roll-out counts neither way; no data is neither recovery nor failure;
 * recovery has to last before it counts; everything that people are told, they are told once.
 */
import type { VerifyPolicy } from '../policy/policy.ts';
import type { Instant } from '../time.ts';
import type { Judgement } from './judge-signs.ts';
import { askAt, isMeasured, paceOf } from './measured.ts';
import type { Recovery, RolledOut, Told } from './recovery.ts';

/** What is seen now. */
export interface Seen {
  readonly now: Instant;
  /** The best proof of the roll-out so far; absent when there is none. */
  readonly rolledOut?: RolledOut;
  /** The newest word that the roll-out failed, if that is newer than any that it succeeded. */
  readonly rollOutFailed?: { readonly at: Instant; readonly name: string };
  /** By the signs since the roll-out, or since the merge while no roll-out is known. */
  readonly judgement: Judgement;
  /** Another release than the merge brought runs by now. */
  readonly superseded: boolean;
  /** What is known of what is being served, where that does not show the roll-out; as the end of a sentence. */
  readonly serving?: string;
  /** Why metric servers have given no answer for a while. */
  readonly unanswered?: string;
}

/** What happened just now. Each is told to people, and is in the journal. */
export type Happened =
  | { readonly kind: 'rolled-out'; readonly rolledOut: RolledOut }
  | { readonly kind: 'roll-out-failed'; readonly name: string }
  | { readonly kind: 'roll-out-late'; readonly judgement: Judgement; readonly serving?: string }
  /** `rolledOut` is false when nothing but the recovery itself shows that it was rolled out. */
  | { readonly kind: 'recovered'; readonly at: Instant; readonly rolledOut: boolean }
  | { readonly kind: 'not-recovered'; readonly judgement: Judgement }
  | { readonly kind: 'unverified'; readonly judgement: Judgement }
  | { readonly kind: 'relapsed'; readonly judgement: Judgement }
  /** Metric servers give no answer, so that nobody looks. */
  | { readonly kind: 'unanswered'; readonly why: string }
  /** The time of its watch is up, and nothing tells whether it is still well. */
  | { readonly kind: 'unwatched'; readonly judgement: Judgement }
  /** It stayed well for as long as it is watched. */
  | { readonly kind: 'verified' }
  | { readonly kind: 'superseded' }
  /** Nobody could tell, or it did not help, and it is not looked at any longer. */
  | { readonly kind: 'given-up' };

export interface NextPhase {
  readonly recovery: Recovery;
  readonly happened: readonly Happened[];
  /** When to look again without news; absent when it is over. */
  readonly lookAt?: Instant;
}

/** One look at a merged rollback. Depends on its arguments alone; looking again changes nothing more. */
export function nextPhase(before: Recovery, policy: VerifyPolicy, seen: Seen): NextPhase {
  if (before.phase === 'over') return { recovery: before, happened: [] };
  if (seen.superseded) {
    return { recovery: { ...before, phase: 'over' }, happened: [{ kind: 'superseded' }] };
  }
  const happened: Happened[] = [];
  let recovery = withRollOut(before, seen, happened);
  recovery = withHealth(recovery, seen);
  recovery = withAnswering(recovery, seen, happened);
  recovery = judgeRollOut(recovery, policy, seen, happened);
  recovery = judgeRecovery(recovery, policy, seen, happened);
  const lookAt = nextLook(recovery, policy, seen.now);
  return lookAt === undefined ? { recovery, happened } : { recovery, happened, lookAt };
}

/** Everything counts from the roll-out: what was well or ill before is forgotten. */
function withRollOut(recovery: Recovery, { rolledOut }: Seen, happened: Happened[]): Recovery {
  if (recovery.rolledOut || !rolledOut) return recovery;
  happened.push({ kind: 'rolled-out', rolledOut });
  const { wellSince: _w, illSince: _i, ...rest } = recovery;
  const phase = recovery.phase === 'rolling-out' ? 'verifying' : recovery.phase;
  return { ...rest, rolledOut, phase };
}

function withHealth(recovery: Recovery, { judgement, now }: Seen): Recovery {
  const { wellSince, illSince, ...rest } = recovery;
  const from = countsFrom(recovery);
  const since = Math.max(judgement.since ?? now, from);
  switch (judgement.health) {
    case 'well':
      return { ...rest, wellSince: Math.max(wellSince ?? since, from) };
    case 'ill':
      return { ...rest, illSince: Math.max(illSince ?? since, from) };
    case 'unknown':
      return rest;
  }
}

function withAnswering(recovery: Recovery, { unanswered }: Seen, happened: Happened[]): Recovery {
  if ((unanswered !== undefined) === (recovery.unanswered === true)) return recovery;
  const { unanswered: _, ...rest } = recovery;
  if (unanswered === undefined) return rest;
  happened.push({ kind: 'unanswered', why: unanswered });
  return { ...rest, unanswered: true };
}

/** What was before does not count, neither way. */
export function countsFrom({ rolledOut, mergedAt, relapsedAt }: Recovery): Instant {
  return Math.max(rolledOut?.at ?? mergedAt, relapsedAt ?? mergedAt);
}

function judgeRollOut(
  recovery: Recovery,
  policy: VerifyPolicy,
  { now, rollOutFailed, judgement, serving }: Seen,
  happened: Happened[],
): Recovery {
  if (recovery.phase !== 'rolling-out') return recovery;
  let next = recovery;
  if (rollOutFailed && !next.told.includes('roll-out-failed')) {
    happened.push({ kind: 'roll-out-failed', name: rollOutFailed.name });
    next = tell(next, 'roll-out-failed');
  }
  if (now < next.mergedAt + policy.rollOut.within) return next;
  // Nobody told of the roll-out, but the model recovered after the merge and stayed so: that shows it as well.
  if (lasts(next.wellSince, policy, seenAt(judgement, now))) {
    return recover(next, now, false, happened);
  }
  if (next.told.includes('roll-out-late') || next.wellSince !== undefined) return next;
  happened.push({ kind: 'roll-out-late', judgement, ...(serving !== undefined && { serving }) });
  return tell(next, 'roll-out-late');
}

function judgeRecovery(
  recovery: Recovery,
  policy: VerifyPolicy,
  { now, judgement }: Seen,
  happened: Happened[],
): Recovery {
  const { phase } = recovery;
  if (phase === 'watching') {
    if (lasts(recovery.illSince, policy, seenAt(judgement, now)) || alertFires(judgement)) {
      happened.push({ kind: 'relapsed', judgement });
      const { recoveredAt: _, wellSince: _w, ...rest } = recovery;
      return { ...rest, phase: 'verifying', illSince: now, relapsedAt: now, told: [] };
    }
    // What may be a relapse is waited for.
    if (now < (recovery.recoveredAt ?? now) + policy.watch || judgement.health === 'ill') {
      return recovery;
    }
    happened.push(
      judgement.health === 'well' ? { kind: 'verified' } : { kind: 'unwatched', judgement },
    );
    return { ...recovery, phase: 'over' };
  }
  if (phase === 'verifying') {
    if (lasts(recovery.wellSince, policy, seenAt(judgement, now))) {
      return recover(recovery, now, true, happened);
    }
    return judgeFailure(recovery, policy, { now, judgement }, happened);
  }
  if (phase === 'rolling-out' && now >= recovery.mergedAt + policy.rollOut.within + policy.watch) {
    happened.push({ kind: 'given-up' });
    return { ...recovery, phase: 'over' };
  }
  return recovery;
}

/** Whether something has been so for as long as it has to last. */
function lasts(since: Instant | undefined, { sustain }: VerifyPolicy, now: Instant): boolean {
  return since !== undefined && now - since >= sustain;
}

/** Up to when what is seen is known to be so. */
function seenAt({ asOf }: Judgement, now: Instant): Instant {
  return Math.min(asOf ?? now, now);
}

/** An alert has waited before it fired. */
function alertFires({ health, because }: Judgement): boolean {
  return health === 'ill' && because.some(({ kind }) => kind === 'alert');
}

function recover(
  recovery: Recovery,
  now: Instant,
  rolledOut: boolean,
  happened: Happened[],
): Recovery {
  const at = recovery.wellSince ?? now;
  happened.push({ kind: 'recovered', at, rolledOut });
  return { ...recovery, phase: 'watching', recoveredAt: at };
}

function judgeFailure(
  recovery: Recovery,
  policy: VerifyPolicy,
  { now, judgement }: Pick<Seen, 'now' | 'judgement'>,
  happened: Happened[],
): Recovery {
  const from = countsFrom(recovery);
  if (now < from + policy.within || recovery.wellSince !== undefined) return recovery;
  if (now >= from + policy.within + policy.watch) {
    happened.push({ kind: 'given-up' });
    return { ...recovery, phase: 'over' };
  }
  if (judgement.health === 'ill' && !recovery.told.includes('not-recovered')) {
    happened.push({ kind: 'not-recovered', judgement });
    return tell(recovery, 'not-recovered');
  }
  if (judgement.health === 'unknown' && recovery.told.length === 0) {
    happened.push({ kind: 'unverified', judgement });
    return tell(recovery, 'unverified');
  }
  return recovery;
}

function tell(recovery: Recovery, told: Told): Recovery {
  return { ...recovery, told: [...recovery.told, told] };
}

/** The next moment at which something is up without news. */
function nextLook(recovery: Recovery, policy: VerifyPolicy, now: Instant): Instant | undefined {
  const { phase, mergedAt, wellSince, illSince, recoveredAt } = recovery;
  if (phase === 'over') return undefined;
  const from = countsFrom(recovery);
  /** Whatever would change the phase has to last. */
  const turning = phase === 'watching' ? illSince : wellSince;
  const bounds = [
    ...(phase === 'rolling-out'
      ? [mergedAt + policy.rollOut.within, mergedAt + policy.rollOut.within + policy.watch]
      : []),
    ...(phase === 'verifying' ? [from + policy.within, from + policy.within + policy.watch] : []),
    ...(phase === 'watching' ? [(recoveredAt ?? now) + policy.watch] : []),
    ...(turning === undefined ? [] : [turning + policy.sustain]),
    ...(isMeasured(policy) ? [askAt(recovery, policy), now + paceOf(policy, phase)] : []),
  ].filter((at) => at > now);
  return Math.min(...bounds);
}
