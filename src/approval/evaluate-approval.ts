import type { Principal } from '../policy/policy.ts';
import { REPOSITORY_ROLES } from '../policy/policy.ts';
import type { Account, Review } from '../rollback/forge.ts';
import { countGroups, isComplete } from './count-groups.ts';
import type { ApprovalInput, ApprovalState, NotCounted, Standing } from './approval.ts';

/**
 * Whether the pull request has the approvals its policy asks for. Pure.
 *
 * The latest deciding review of each person counts: a comment is neutral, a dismissed review is taken back. A person
 * is told by id, never by login. An approval counts for the head it was given for only, and from those of the policy's
 * `from` who may write to the repository; with an empty `from`, from everybody who may write. Never counted are bots,
 * the author, the person who asked for the rollback, and the authors of its commits. What could not be verified is
 * denied.
 *
 * Changes requested by an eligible person block until that person approves or the review is dismissed, whatever head
 * they were asked for: a push does not answer them. Those of a person who could not be verified block too, because a
 * look-up that fails must not silence an objection.
 *
 * This is Lastgood's own count, for policies with `by: lastgood`; with `by: github` the branch's rules decide.
 *
 * Where the policy has groups, each of them has to be complete, and nobody counts for two.
 *
 * `required: 0` is an explicit choice of the policy, its schema's default is more: nothing has to be waited for, and
 * changes requested still block. Any other number that is not a positive integer approves nothing.
 */
export function evaluateApproval(input: ApprovalInput): ApprovalState {
  const approvedBy: Account[] = [];
  const blockedBy: Account[] = [];
  const notCounted: { readonly user: Account; readonly why: NotCounted }[] = [];
  for (const review of decidingReviews(input.reviews)) {
    const { user } = review;
    const why = whyNotEligible(user, input) ?? whyNotForHead(review, input);
    if (why !== undefined) notCounted.push({ user, why });
    else if (review.state === 'approved') approvedBy.push(user);
    if (review.state !== 'approved' && (why === undefined || why === 'could-not-verify')) {
      blockedBy.push(user);
    }
  }
  const { required } = input.policy;
  const { groups: wanted } = input.policy;
  const groups = wanted && countGroups(wanted, approvedBy, (user, from) => isOf(user, from, input));
  const enough =
    Number.isInteger(required) &&
    required >= 0 &&
    (groups ? groups.every(isComplete) : approvedBy.length >= required);
  return {
    approved: enough && blockedBy.length === 0,
    required,
    approvedBy,
    ...(groups && { groups }),
    blockedBy,
    notCounted,
  };
}

/**
 * The review of each person that says what the person wants now, oldest first. The order in which reviews are given
 * does not matter, only their times; of two at one time the one with the higher id is later.
 */
export function decidingReviews(reviews: readonly Review[]): readonly Review[] {
  const latest = new Map<number, Review>();
  for (const review of reviews.toSorted((a, b) => a.at - b.at || a.id - b.id)) {
    if (review.state === 'commented' || review.state === 'pending') continue;
    // A dismissed review is the same review with another state: the one before it does not come back.
    latest.delete(review.user.id);
    if (review.state !== 'dismissed') latest.set(review.user.id, review);
  }
  return [...latest.values()];
}

/** Those whose standing has to be known before the evaluation: everybody whose review might count. */
export function reviewersConcerned(input: Omit<ApprovalInput, 'standing'>): readonly Account[] {
  return decidingReviews(input.reviews)
    .map((review) => review.user)
    .filter((user) => whyNever(user, input) === undefined);
}

/** Why this person's review can never count, whatever the person's rights. */
function whyNever(user: Account, input: Omit<ApprovalInput, 'standing'>): NotCounted | undefined {
  if (user.bot) return 'bot';
  if (user.id === input.author.id) return 'author';
  if (user.id === input.requester?.id) return 'requester';
  if (input.commitAuthors.some((author) => author.id === user.id)) return 'commit-author';
  return undefined;
}

function whyNotEligible(user: Account, input: ApprovalInput): NotCounted | undefined {
  const never = whyNever(user, input);
  if (never !== undefined) return never;
  const standing = input.standing.get(user.id);
  if (standing === undefined || standing.role === 'unknown') return 'could-not-verify';
  const listed = isListed(standing, input.policy.from);
  if (listed === 'unknown') return 'could-not-verify';
  if (!listed) return 'not-listed';
  return isAtLeast(standing.role, 'write') ? undefined : 'no-write-access';
}

function whyNotForHead(review: Review, input: ApprovalInput): NotCounted | undefined {
  return review.state === 'approved' && review.commit !== input.head ? 'other-head' : undefined;
}

/** Whether somebody who may approve is one of these. What is unknown is no. */
function isOf(user: Account, from: readonly Principal[], { standing }: ApprovalInput): boolean {
  const own = standing.get(user.id);
  return own !== undefined && isListed(own, from) === true;
}

function isListed(standing: Standing, from: readonly Principal[]): boolean | 'unknown' {
  return from.length === 0 || isAmong(standing, from);
}

/** Whether a person is one of these; `unknown` when a look-up failed that could have said so. Nobody is one of none. */
export function isAmong(standing: Standing, from: readonly Principal[]): boolean | 'unknown' {
  if (from.length === 0) return false;
  if (from.some((one) => one.kind === 'role' && isAtLeast(standing.role, one.role))) return true;
  const { principals } = standing;
  if (principals === 'unknown') return 'unknown';
  return principals.some((one) => from.some((wanted) => samePrincipal(one, wanted)));
}

/** Whether a role is the wanted one or stronger. Nothing is known to be at least anything when it is unknown. */
export function isAtLeast(
  role: Standing['role'],
  wanted: (typeof REPOSITORY_ROLES)[number],
): boolean {
  if (role === 'none' || role === 'unknown') return false;
  return REPOSITORY_ROLES.indexOf(role) >= REPOSITORY_ROLES.indexOf(wanted);
}

/** Logins, organisations and slugs are compared without case, as GitHub does. */
export function samePrincipal(a: Principal, b: Principal): boolean {
  if (a.kind === 'user') return b.kind === 'user' && sameText(a.login, b.login);
  if (a.kind === 'role') return b.kind === 'role' && a.role === b.role;
  return b.kind === 'team' && sameText(a.org, b.org) && sameText(a.slug, b.slug);
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
