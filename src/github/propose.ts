/**
 * Makes a proposal real: branch, signed commit, pull request.
 *
 * Races: another replica proposes the same rollback at the same time; the process dies between two parts; GitHub
 * does the work and the answer gets lost; a person closes the pull request, deletes or fills the branch.
 *
 * Wanted: one pull request for a branch, ever; never a commit on a branch whose content is not the proposal's; a
 * person's closing stands; a branch and a commit that exist are used, whoever made them, because their content is all
 * there is to them; a pull request is the App's own.
 *
 * Design: one request tries all three parts (GitHub reality 32). When it does not come back complete, GitHub is
 * asked what exists, the one missing part is made, and so on. Making a ref is atomic at GitHub and a commit names the
 * head it expects, so that a lost race is a refusal, and the next look finds what the winner made.
 * @module
 */
import type { Forge, Proposal, PullRequest } from '../rollback/forge.ts';
import { withdrawnBody } from '../texts/withdrawn.ts';
import { SECOND } from '../time.ts';
import type { Room } from './ask.ts';
import { askGraph, askGraphPartly, fullName, write } from './ask.ts';
import {
  commitVariables,
  createBranch,
  forwardBranch,
  isPlain,
  makeCommit,
  removeBranch,
} from './commit-files.ts';
import { BranchTaken, GitHubDown, GitHubError, NotInstalled, RateLimited } from './errors.ts';
import { countedPulls, readExisting } from './existing.ts';
import { isLost, readFailure, toGitHubError } from './failure.ts';
import type { Step } from './next-step.ts';
import { nextStep } from './next-step.ts';
import { URGENT, WRITE } from './octokit.ts';
import { COMMIT, PROPOSE } from './queries.ts';
import { proposeAnswer, toPullRequest } from './schema.ts';
import { truncateBody, truncateTitle } from './truncate.ts';

type Proposed = Awaited<ReturnType<Forge['propose']>>;

const WAITS = [0, SECOND / 2, SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND] as const;
const MOST_STEPS = 10;

/** Refusals that only say that the picture was old: look again (GitHub realities 18 and 19). */
const LOOK_AGAIN =
  /already exists|Reference update failed|not a fast.?forward|Expected branch to point to|No commits between|Could not resolve to a node|Reference does not exist|Head sha can't be blank/i;

/** See `Forge.propose`. Throws `BranchTaken`, or the typed error of a refusal that a repeat would not change. */
export async function propose(room: Room, proposal: Proposal): Promise<Proposed> {
  const texts = {
    ...proposal,
    title: truncateTitle(proposal.title),
    body: truncateBody(proposal.body),
  };
  const atOnce = isPlain(texts) && proposal.lookFirst !== true;
  const first = atOnce ? await proposeAtOnce(room, texts) : NOTHING;
  return first.complete ?? stepByStep(room, texts, first);
}

interface AtOnce {
  /** Everything was made, by this request, and nothing was there before. */
  readonly complete?: Proposed;
  readonly madeBranch: boolean;
  readonly madePull?: number;
}

const NOTHING: AtOnce = { madeBranch: false };

async function proposeAtOnce(room: Room, proposal: Proposal): Promise<AtOnce> {
  const variables = {
    ...commitVariables(room, proposal),
    repository: room.repository.nodeId,
    ref: `refs/heads/${proposal.branch}`,
    into: room.repository.defaultBranch,
    from: proposal.branch,
    title: proposal.title,
    body: proposal.body,
  };
  let data: unknown;
  try {
    ({ data } = await askGraphPartly(room.octokit, PROPOSE, variables));
  } catch (error) {
    // A refusal of the whole request may concern its form only: the single steps say what is wrong.
    const typed = toGitHubError(error, DOING['open-pull'], fullName(room.repository), room.clock);
    if (!(typed instanceof GitHubDown) && typed.constructor !== GitHubError) throw typed;
    return NOTHING;
  }
  const parsed = proposeAnswer.safeParse(data);
  if (!parsed.success) return NOTHING;
  const { createRef, createCommitOnBranch, createPullRequest } = parsed.data;
  const pull = createPullRequest?.pullRequest;
  const commit = createCommitOnBranch?.commit;
  const madeBranch = Boolean(createRef?.ref);
  if (!pull) return { madeBranch };
  const others = countedPulls(pull.repository.pullRequests.nodes).filter(
    (other) => other.number !== pull.number,
  );
  if (madeBranch && commit && pull.headRefOid === commit.oid && others.length === 0) {
    const verified = commit.signature?.isValid ?? false;
    return {
      complete: { pull: toPullRequest(pull), adopted: false, verified },
      madeBranch,
      madePull: pull.number,
    };
  }
  return { madeBranch, madePull: pull.number };
}

async function stepByStep(room: Room, proposal: Proposal, first: AtOnce): Promise<Proposed> {
  let { madePull } = first;
  let failures = 0;
  let last: unknown;
  for (let steps = 0; steps < MOST_STEPS && failures < WAITS.length; steps += 1) {
    if (failures > 0) await room.wait(WAITS[failures] ?? 0);
    const existing = await readExisting(room, proposal);
    const step = nextStep(existing, proposal);
    if (step.kind === 'taken') {
      const ours = step.pull !== undefined && step.pull.number === madePull;
      if (ours) await withdraw(room, step.pull);
      throw new BranchTaken(proposal.branch, step.head, ours ? undefined : step.pull);
    }
    if (step.kind === 'done') {
      await clearAway(room, proposal, step, first.madeBranch);
      const { pull } = step;
      const verified = existing.branch?.head === pull.head && existing.branch.verified;
      return { pull, adopted: pull.number !== madePull, verified };
    }
    try {
      madePull = (await perform(room, proposal, step)) ?? madePull;
    } catch (error) {
      throwIfFinal(room, error, DOING[step.kind]);
      last = error;
      failures += 1;
    }
  }
  throw last === undefined
    ? new GitHubError(`The branch ${proposal.branch} kept changing while it was being proposed.`)
    : toGitHubError(last, 'open the pull request', fullName(room.repository), room.clock);
}

const DOING = {
  'create-branch': 'create the branch',
  'forward-branch': 'move the branch forward',
  commit: 'commit to the branch',
  'open-pull': 'open the pull request',
} as const;

type Missing = Exclude<Step, { kind: 'done' } | { kind: 'taken' }>;

/** Makes the missing part once. Answers the number of the pull request when that was the part. */
async function perform(room: Room, proposal: Proposal, step: Missing): Promise<number | undefined> {
  const { branch, base } = proposal;
  if (step.kind === 'create-branch') {
    await createBranch(room, branch, isPlain(proposal) ? base : await makeCommit(room, proposal));
    return undefined;
  }
  if (step.kind === 'forward-branch') {
    await forwardBranch(room, branch, base);
    return undefined;
  }
  if (step.kind === 'commit') {
    if (!isPlain(proposal)) await forwardBranch(room, branch, await makeCommit(room, proposal));
    else {
      await askGraph(room.octokit, COMMIT, commitVariables(room, proposal));
    }
    return undefined;
  }
  const { data } = await room.octokit.request('POST /repos/{owner}/{repo}/pulls', {
    ...room.at,
    title: proposal.title,
    body: proposal.body,
    head: branch,
    base: room.repository.defaultBranch,
    request: URGENT,
  });
  return data.number;
}

/** Throws the typed error of a failure that looking again cannot mend. */
function throwIfFinal(room: Room, error: unknown, doing: string): void {
  const failure = readFailure(error);
  if (isLost(failure)) return;
  const typed = toGitHubError(error, doing, fullName(room.repository), room.clock);
  const plain = typed.constructor === GitHubError;
  if (plain && LOOK_AGAIN.test(failure.message)) return;
  throw typed;
}

/** Closes a pull request that was opened beside an earlier one, with the branch made for it unless that is used. */
async function clearAway(
  room: Room,
  proposal: Proposal,
  step: Extract<Step, { kind: 'done' }>,
  madeBranch: boolean,
): Promise<void> {
  if (!step.superfluous) return;
  await withdraw(room, step.superfluous);
  if (madeBranch && step.pull.state !== 'open') {
    await write(room, 'delete the branch', () => removeBranch(room, proposal.branch)).catch(
      (error: unknown) => {
        // The branch is harmless without its pull request; only what stops every request is passed on.
        if (error instanceof RateLimited || error instanceof NotInstalled) throw error;
      },
    );
  }
}

/** Closes a pull request and says in the same request that nobody refused it. */
async function withdraw(room: Room, { number, body }: PullRequest): Promise<void> {
  await write(room, `close pull request #${number}`, () =>
    room.octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...room.at,
      pull_number: number,
      state: 'closed',
      body: truncateBody(withdrawnBody(body)),
      request: WRITE,
    }),
  );
}
