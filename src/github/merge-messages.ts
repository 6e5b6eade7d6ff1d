/**
 * What GitHub's refusals of a merge mean. The status alone says little: 405 is everything from "try again" to "never"
 * (GitHub reality 2), 409 may be a permission (GitHub reality 3). One table, every message seen so far.
 * @module
 */

export type Refusal =
  | 'head-moved'
  | 'base-moved'
  /** Conflict, not computed yet, closed, merged already: only the pull request itself says. */
  | 'not-mergeable'
  /** The branch lacks the newest base: the head is the same, so nothing is gained by evaluating it again. */
  | 'behind'
  | 'checks-pending'
  | 'reviews-missing'
  | 'queue-required'
  | 'forbidden';

const MEANINGS: readonly (readonly [RegExp, Refusal])[] = [
  [/^Head branch was modified/i, 'head-moved'],
  [/^Base branch was modified/i, 'base-moved'],
  [/^Head branch is out of date/i, 'behind'],
  [
    /^(?:This|The) branch is out-of-date with the base branch|must be up to date before merging/i,
    'behind',
  ],
  [/^Pull Request is not mergeable/i, 'not-mergeable'],
  [/^Merge conflict/i, 'not-mergeable'],
  [/^Pull Request successfully merged|already merged/i, 'not-mergeable'],
  [/merge queue/i, 'queue-required'],
  // Failing checks need a person or a new run; the others need time.
  [/^Required status check ".*" (?:is failing|has failed|failed|errored)/i, 'forbidden'],
  [/^\d+ of \d+ required status checks? (?:are|is|have|has) .*(?:fail|error)/i, 'forbidden'],
  [
    /^Required status check ".*" (?:is|was) (?:expected|pending|in progress|queued)/i,
    'checks-pending',
  ],
  [
    /^\d+ of \d+ required status checks? (?:are|is|have|has) .*(?:expected|pending|progress|queued|not succeeded)/i,
    'checks-pending',
  ],
  [/^Required workflow ".*" is (?:expected|pending|in progress|queued)/i, 'checks-pending'],
  [/^At least \d+ approving reviews? (?:is|are) required/i, 'reviews-missing'],
  [/^Waiting on code owner review/i, 'reviews-missing'],
  [/^New changes require approval from someone other than/i, 'reviews-missing'],
  [/^(?:The )?(?:last|latest|most recent) (?:push|reviewable push) .*approv/i, 'reviews-missing'],
  [/^Changes (?:have been|were) requested|^Changes requested/i, 'reviews-missing'],
  [/^Review required|^Reviews? (?:is|are) required/i, 'reviews-missing'],
  [/^You're not authorized to push to this branch/i, 'forbidden'],
  [/^Changes must be made through a pull request/i, 'forbidden'],
  [
    /^(?:Merge commits|Squash merges|Rebase merges) are not allowed on this repository/i,
    'forbidden',
  ],
  [
    /^(?:This|The) branch must not contain merge commits|^Merge method .* not allowed/i,
    'forbidden',
  ],
  [/^This branch can't be rebased|^This branch cannot be rebased/i, 'forbidden'],
  [/^Commits must have (?:verified|valid) signatures/i, 'forbidden'],
  [/^Cannot update this protected ref/i, 'forbidden'],
  [/^(?:A conversation|All comments) must be resolved/i, 'forbidden'],
  [/^Pull Request is still a work in progress|is (?:still )?(?:a|in) draft/i, 'forbidden'],
  [/^Resource not accessible by integration/i, 'forbidden'],
  [/without `?workflows`? permission/i, 'forbidden'],
  [/^Repository was archived/i, 'forbidden'],
];

/** The headings GitHub puts over a list of violated rules. */
const HEADING =
  /^(?:Repository rule violations found|Protected branch update failed|Protected branch rules)/i;

/** Several at once: the one that needs people most decides, because the others change nothing without it. */
const WORST: readonly Refusal[] = [
  'head-moved',
  'base-moved',
  'not-mergeable',
  'forbidden',
  'queue-required',
  'reviews-missing',
  // With a new head the checks run anew, so waiting for those of the old one is of no use.
  'behind',
  'checks-pending',
];

/** Lines that only point somewhere. */
const HINT = /^(?:Visit|See|Review all repository rules) /i;

/** Reads a refusal. A line that nobody has seen yet counts as `forbidden`: a person reads it. */
export function readRefusal(message: string): Refusal {
  const lines = message
    .split(/\n|; /)
    .map((line) => line.trim().replace(/^[-*]\s+/, ''))
    .filter((line) => line !== '' && !HEADING.test(line) && !HINT.test(line));
  const meanings = new Set(lines.map(meaningOf));
  return WORST.find((one) => meanings.has(one)) ?? 'forbidden';
}

function meaningOf(line: string): Refusal {
  return MEANINGS.find(([pattern]) => pattern.test(line))?.[1] ?? 'forbidden';
}
