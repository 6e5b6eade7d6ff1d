import type { Forge } from '../rollback/forge.ts';
import { roomOf } from './ask.ts';
import { readRollbackBranches } from './branches.ts';
import { addComment, addLabels, deleteBranch, requestReviews, updatePull } from './conversation.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import { dispatch } from './dispatch.ts';
import { mintGitToken } from './git-token.ts';
import { merge } from './merge.ts';
import { readCommit } from './commits.ts';
import type { Octokit, Timing } from './octokit.ts';
import { readCommitAuthors, readReviews, readRole, readTeamMembership } from './people.ts';
import { propose } from './propose.ts';
import { dequeue, enqueue } from './queue.ts';
import { readReports } from './reports.ts';
import { renew } from './renew.ts';
import { readSignatureRule } from './signatures.ts';
import { readChangedFiles, readPull, readRollbackPulls } from './pulls.ts';

/**
 * The forge over GitHub. `octokitFor` answers an Octokit that is authenticated for the repository's installation,
 * `app` one that is authenticated as the App. Every method throws the errors of `errors.ts` and no others.
 */
export function createForge(
  octokitFor: OctokitFor,
  app: Octokit,
  timing: Timing = REAL_TIME,
): Forge {
  const enter = entrance(octokitFor, timing);
  return {
    propose: async (repository, proposal) => propose(await enter(repository), proposal),
    renew: async (repository, renewal) => renew(await enter(repository), renewal),
    signatureRule: async (repository) => readSignatureRule(await enter(repository)),
    pull: async (repository, number) => readPull(await enter(repository), number),
    rollbackPulls: async (repository, since) => readRollbackPulls(await enter(repository), since),
    rollbackBranches: async (repository) => readRollbackBranches(await enter(repository)),
    reports: async (repository, commit, after) =>
      readReports(await enter(repository), commit, after),
    merge: async (repository, request) => merge(await enter(repository), request),
    enqueue: async (repository, request) => enqueue(await enter(repository), request),
    dequeue: async (repository, request) => dequeue(await enter(repository), request),
    changedFiles: async (repository, number) => readChangedFiles(await enter(repository), number),
    reviews: async (repository, number) => readReviews(await enter(repository), number),
    commitAuthors: async (repository, number) => readCommitAuthors(await enter(repository), number),
    role: async (repository, user) => readRole(await enter(repository), user),
    isTeamMember: async (repository, team, user) =>
      readTeamMembership(await enter(repository), team, user),
    requestReviews: async (repository, number, from) =>
      requestReviews(await enter(repository), number, from),
    label: async (repository, number, labels) => addLabels(await enter(repository), number, labels),
    comment: async (repository, number, body) => addComment(await enter(repository), number, body),
    edit: async (repository, number, body) => updatePull(await enter(repository), number, { body }),
    close: async (repository, number) =>
      updatePull(await enter(repository), number, { state: 'closed' }),
    reopen: async (repository, number) =>
      updatePull(await enter(repository), number, { state: 'open' }),
    deleteBranch: async (repository, branch) => deleteBranch(await enter(repository), branch),
    commit: async (repository, commit) => readCommit(await enter(repository), commit),
    dispatch: async (repository, event) => dispatch(await enter(repository), event),
    gitToken: (repository) => mintGitToken(roomOf(app, repository, timing)),
  };
}
