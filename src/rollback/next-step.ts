import type { ApprovalState } from '../approval/approval.ts';
import type { PinId } from '../manifests/pin.ts';
import type { ApprovalPolicy } from '../policy/policy.ts';
import type { Oid, Release } from '../releases/release.ts';
import type { Restrictions } from '../state/restrictions.ts';
import type { PullRequest } from './forge.ts';

declare const evaluated: unique symbol;

/**
 * Says that this head of this pull request was evaluated and may be merged.
 * Only {@link nextStep} makes one, so that nothing is merged that was not evaluated.
 */
export interface MergeProof {
  readonly [evaluated]: true;
  readonly number: number;
  readonly head: Oid;
  /** `policy`: merged by itself. `approval`: people agreed. `timeout`: nobody decided in time, and the policy merges then. */
  readonly by: 'policy' | 'approval' | 'timeout';
}

/** What an open rollback waits for. Closed: every member has a sentence in `texts/`. */
export type WaitsFor =
  /** As many approvals as the policy asks. */
  | 'approval'
  /** The branch's own rules call it approved. */
  | 'github-approval'
  /** The branch's own rules are to decide, and none of them asks for reviews. */
  | 'github-rule'
  /** The alert resolved, so it no longer merges by itself: somebody approves or closes it. */
  | 'approval-after-resolved'
  /** The alert fires, and what the policy or its limits say by now does not merge it by itself. */
  | 'approval-by-policy'
  /** So many models fail at once that nothing merges by itself until that is over. */
  | 'approval-in-storm'
  /** Found open by a process that does not know whether the alert still fires. */
  | 'approval-after-restart'
  /** A person closed it, and a person reopened it. */
  | 'approval-after-reopening'
  /** Somebody holds the target: nothing merges. */
  | 'hold'
  /** What it goes back to was quarantined since it was planned. */
  | 'quarantined-goal'
  /** It would merge by itself, and the repository is frozen. */
  | 'freeze'
  /** It would merge by itself, and somebody else than Lastgood wrote the state. */
  | 'state-untrusted'
  /** The state cannot be read, so nobody knows whether something is held. */
  | 'state-unreadable'
  /** It would merge by itself, and somebody who may approve it asked for changes. */
  | 'objection'
  /** Somebody pointed it at another branch. */
  | 'other-base'
  /** Somebody pushed to the branch: what stands there is not the plan. */
  | 'foreign-head'
  /** No valid policy file claims the target any more. */
  | 'policy'
  /** The pins cannot be read on the default branch, so nobody can tell what runs. */
  | 'readable-pins';

/**
 * Whether a rollback is merged without an approval: while its alert fires, whatever the alert does (it repairs what
 * an allowed merge left standing), or not, and since when not.
 */
export type MergesItself = 'while-firing' | 'always' | 'no' | 'not-since-restart' | 'not-reopened';

/** Everything the next step of an open rollback depends on, as plain data. */
export interface StepInput {
  readonly pull: PullRequest;
  readonly badCommit: Oid;
  /** What the bad release runs. */
  readonly bad: Readonly<Record<PinId, string>>;
  /** The head whose content was compared with the plan. */
  readonly verifiedHead: Oid;
  /** The commit of the default branch that it was planned on, and the newest one. */
  readonly plannedOn: Oid;
  readonly newest: Oid;
  readonly merges: MergesItself;
  /** The branch that it has to go to. */
  readonly defaultBranch: string;
  /** What runs at the newest commit of the default branch. */
  readonly running: Release;
  /** What the rollback would make run. */
  readonly goal: Readonly<Record<PinId, string>>;
  /** What people keep Lastgood from. */
  readonly restrictions: Restrictions;
  /** Whether what the rollback would make run is quarantined by now. */
  readonly goalQuarantined: boolean;
  /** Whether an alert of the incident still fires. */
  readonly firing: boolean;
  /** Whether an alert of the incident that fires would merge it if it came now. */
  readonly licensed: boolean;
  /** Whether the repository is in a storm. */
  readonly storm: boolean;
  readonly approvals: ApprovalPolicy;
  readonly approval: ApprovalState;
  /** Whether it has waited for people as long as the policy lets it. */
  readonly timeUp: boolean;
  /** Whether an alert fires that would merge it now, did the policy merge what it asks a review for. */
  readonly unansweredLicensed: boolean;
}

/** Why a rollback that nobody decided about in time is not merged all the same. Closed: each has words in `texts/`. */
export type NotUnanswered =
  'github-decides' | 'reopened' | 'not-own' | 'objection' | 'stopped' | 'storm' | 'not-licensed';

export type NextStep =
  | { readonly do: 'settle'; readonly as: 'merged' | 'closed' }
  /** The bad release no longer runs: somebody rolled it back or shipped another one. */
  | { readonly do: 'close'; readonly already: boolean }
  | { readonly do: 'wait'; readonly for: WaitsFor }
  /** Nobody decided in time, and the policy gives up then. */
  | { readonly do: 'give-up' }
  /** The default branch changed what stands around the pins: it is planned again, on the newest commit. */
  | { readonly do: 'renew' }
  | { readonly do: 'merge'; readonly proof: MergeProof };

/** What to do next about an open rollback. Pure; asking twice answers the same. */
export function nextStep(input: StepInput): NextStep {
  const { pull, running } = input;
  if (pull.state !== 'open') return { do: 'settle', as: pull.state };
  if (running.problems.length > 0) return { do: 'wait', for: 'readable-pins' };
  if (!isStillBad(running, input.badCommit, input.bad)) {
    return { do: 'close', already: runs(running, input.goal) };
  }
  if (pull.into !== input.defaultBranch) return { do: 'wait', for: 'other-base' };
  if (pull.head !== input.verifiedHead) return { do: 'wait', for: 'foreign-head' };
  if (pull.mergeable === 'conflict' && input.newest !== input.plannedOn) return { do: 'renew' };
  // The stop that anybody may pull: whoever approved, and however the policy says that it merges.
  if (input.restrictions.hold) return { do: 'wait', for: 'hold' };
  if (input.restrictions.unreadable) return { do: 'wait', for: 'state-unreadable' };
  if (input.goalQuarantined) return { do: 'wait', for: 'quarantined-goal' };
  const byItself = mergesItself(input);
  const stopped = stopsItself(input.restrictions);
  if (byItself && isObjectedTo(input)) return { do: 'wait', for: 'objection' };
  if (byItself && !stopped) return merge(pull, 'policy');
  if (isApproved(input)) return merge(pull, 'approval');
  if (input.timeUp) {
    const { onTimeout } = input.approvals;
    if (onTimeout === 'merge' && !whyNotUnanswered(input)) return merge(pull, 'timeout');
    if (onTimeout === 'close' && !stopped) return { do: 'give-up' };
  }
  return { do: 'wait', for: (byItself && stopped) || whoseApproval(input) };
}

/**
 * What keeps a rollback that nobody decided about in time from being merged, where the policy merges it then. Silence is
 * a yes only where nobody said anything else, and where the alert would merge it by itself under every guard.
 */
export function whyNotUnanswered(input: StepInput): NotUnanswered | undefined {
  if (input.approvals.by === 'github') return 'github-decides';
  if (input.merges === 'not-reopened') return 'reopened';
  if (!input.pull.own) return 'not-own';
  if (isObjectedTo(input)) return 'objection';
  if (stopsItself(input.restrictions)) return 'stopped';
  if (input.storm) return 'storm';
  return input.unansweredLicensed ? undefined : 'not-licensed';
}

/**
 * Whether people end a wait by deciding, so that its time counts. What somebody stopped, and what nobody can decide here,
 * has no time.
 */
export function isTimed(waitsFor: WaitsFor): boolean {
  switch (waitsFor) {
    case 'approval':
    case 'github-approval':
    case 'github-rule':
    case 'approval-after-resolved':
    case 'approval-by-policy':
    case 'approval-in-storm':
    case 'approval-after-restart':
    case 'approval-after-reopening':
    case 'freeze':
    case 'state-untrusted':
      return true;
    case 'hold':
    case 'quarantined-goal':
    case 'objection':
    case 'state-unreadable':
    case 'other-base':
    case 'foreign-head':
    case 'policy':
    case 'readable-pins':
      return false;
  }
}

/** What stops only that which nobody approved. */
function stopsItself({ freeze, untrusted }: Restrictions): WaitsFor | undefined {
  if (freeze) return 'freeze';
  return untrusted && 'state-untrusted';
}

/**
 * Whether what runs is what a rollback goes away from. The same versions under another commit are as bad: a file that
 * was broken and mended begins a release anew.
 */
export function isStillBad(
  running: Release,
  badCommit: Oid,
  bad: Readonly<Record<PinId, string>>,
): boolean {
  return running.commit === badCommit || runs(running, bad);
}

/**
 * Whether nobody's approval is needed now. A storm holds back what an alert asks for, and not the repair of a pair that
 * never ran together.
 */
export function mergesItself({
  merges,
  firing,
  licensed,
  storm,
}: Pick<StepInput, 'merges' | 'firing' | 'licensed' | 'storm'>): boolean {
  return merges === 'always' || (merges === 'while-firing' && firing && licensed && !storm);
}

function whoseApproval({ merges, approvals, pull, firing, licensed, storm }: StepInput): WaitsFor {
  if (merges === 'while-firing' && firing && storm) return 'approval-in-storm';
  if (merges === 'while-firing' && firing && !licensed) return 'approval-by-policy';
  if (approvals.by === 'github' && pull.reviewDecision === 'none') return 'github-rule';
  switch (merges) {
    case 'while-firing':
      return 'approval-after-resolved';
    case 'not-since-restart':
      return 'approval-after-restart';
    case 'not-reopened':
      return 'approval-after-reopening';
    case 'always':
    case 'no':
      return approvals.by === 'github' ? 'github-approval' : 'approval';
  }
}

/** Whether a release is the versions that a plan wants, pin by pin. */
export function runs(release: Release, versions: Readonly<Record<PinId, string>>): boolean {
  return (
    release.problems.length === 0 &&
    Object.entries(versions).every(([pin, version]) => release.values[pin]?.version === version)
  );
}

function isApproved(input: StepInput): boolean {
  if (input.approvals.by === 'github') return input.pull.reviewDecision === 'approved';
  return input.approval.approved;
}

/** Stopping is cheap: whoever may approve may also hold back what would merge by itself. */
export function isObjectedTo({
  approvals,
  approval,
  pull,
}: Pick<StepInput, 'approvals' | 'approval' | 'pull'>): boolean {
  if (approvals.by === 'github') return pull.reviewDecision === 'changes-requested';
  return approval.blockedBy.length > 0;
}

function merge(pull: PullRequest, by: MergeProof['by']): NextStep {
  const proof = { number: pull.number, head: pull.head, by } as MergeProof;
  return { do: 'merge', proof };
}
