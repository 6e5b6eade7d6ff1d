/**
 * The GraphQL documents the adapter sends, in one place so that they can be checked against GitHub's schema.
 * @module
 */

const PULL = `
fragment Pull on PullRequest {
  id number url state title body createdAt mergedAt
  headRefName headRefOid isCrossRepository viewerDidAuthor
  author {
    __typename login
    ... on Bot { databaseId }
    ... on User { databaseId }
    ... on Mannequin { databaseId }
    ... on Organization { databaseId }
  }
  baseRefName baseRefOid
  baseRef { target { oid } }
  mergeCommit { oid }
  mergeable reviewDecision
}`;

/** What shows which steps were done about a pull request. */
const TRACES = `
fragment Traces on PullRequest {
  closedAt
  mergedBy { login }
  headRef { id }
  labels(first: 20) { nodes { name } }
  reviewRequests(first: 1) { totalCount }
  reviews(first: 1) { totalCount }
  comments(last: 10) { nodes { viewerDidAuthor createdAt body } }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login } } } }
  mergeQueueEntry { enqueuer { login } }
  queueEvents: timelineItems(last: 1, itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT]) {
    nodes {
      ... on AddedToMergeQueueEvent { __typename createdAt actor { login } }
      ... on RemovedFromMergeQueueEvent { __typename createdAt reason actor { login } }
    }
  }
}`;

/**
 * Branch, commit and pull request in one request; GitHub runs the mutations one after another, and a later one
 * still runs when an earlier one failed (GitHub reality 32). The branch's other pull requests come along, because
 * GitHub opens a second one beside a closed one without a word.
 */
export const PROPOSE = `
mutation Propose(
  $repository: ID!, $ref: String!, $base: GitObjectID!,
  $branch: CommittableBranch!, $message: CommitMessage!, $changes: FileChanges!,
  $into: String!, $from: String!, $title: String!, $body: String!
) {
  createRef(input: { repositoryId: $repository, name: $ref, oid: $base }) { ref { id } }
  createCommitOnBranch(
    input: { branch: $branch, expectedHeadOid: $base, message: $message, fileChanges: $changes }
  ) { commit { oid signature { isValid } } }
  createPullRequest(
    input: { repositoryId: $repository, baseRefName: $into, headRefName: $from, title: $title, body: $body }
  ) {
    pullRequest {
      ...Pull
      repository {
        pullRequests(headRefName: $from, first: 20, orderBy: { field: CREATED_AT, direction: DESC }) {
          nodes { ...Pull }
        }
      }
    }
  }
}${PULL}`;

export const COMMIT = `
mutation Commit(
  $branch: CommittableBranch!, $base: GitObjectID!, $message: CommitMessage!, $changes: FileChanges!
) {
  createCommitOnBranch(
    input: { branch: $branch, expectedHeadOid: $base, message: $message, fileChanges: $changes }
  ) { commit { oid signature { isValid } } }
}`;

/** Puts a pull request of exactly this head into the merge queue. */
export const ENQUEUE = `
mutation Enqueue($pull: ID!, $head: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $pull, expectedHeadOid: $head }) { clientMutationId }
}`;

export const DEQUEUE = `
mutation Dequeue($pull: ID!) {
  dequeuePullRequest(input: { id: $pull }) { clientMutationId }
}`;

/** Where a branch stands, and the text of so many files there, by `file0`, `file1`, … */
export function filesOnBranch(count: number): string {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const variables = numbers.map((i) => `, $file${i}: String!`).join('');
  const files = numbers.map(
    (i) =>
      `      file${i}: object(expression: $file${i}) { ... on Blob { oid byteSize isTruncated text } }`,
  );
  return `
query FilesOnBranch($repository: ID!, $ref: String!${variables}) {
  node(id: $repository) {
    ... on Repository {
      ref(qualifiedName: $ref) { target { oid } }
${files.join('\n')}
    }
  }
}`;
}

/** Moves a branch from one commit to another, and only from that one. */
export const RENEW = `
mutation Renew($repository: ID!, $updates: [RefUpdate!]!) {
  updateRefs(input: { repositoryId: $repository, refUpdates: $updates }) { clientMutationId }
}`;

/** What exists of a proposal: its branch and every pull request that ever came from it. */
export const LOOK = `
query Look($repository: ID!, $ref: String!, $from: String!) {
  node(id: $repository) {
    ... on Repository {
      ref(qualifiedName: $ref) { id target { oid ... on Commit { signature { isValid } } } }
      pullRequests(headRefName: $from, first: 20, orderBy: { field: CREATED_AT, direction: DESC }) {
        nodes { ...Pull }
      }
    }
  }
}${PULL}`;

export const PULL_BY_NUMBER = `
query PullByNumber($repository: ID!, $number: Int!) {
  node(id: $repository) { ... on Repository { pullRequest(number: $number) { ...Pull ...Traces } } }
}${PULL}${TRACES}`;

/** A page of pull requests, newest first, with just enough to tell which ones are rollbacks. */
export const LIST_PULLS = `
query ListPulls($repository: ID!, $states: [PullRequestState!], $after: String, $by: IssueOrderField!) {
  node(id: $repository) {
    ... on Repository {
      pullRequests(
        states: $states, first: 100, after: $after, orderBy: { field: $by, direction: DESC }
      ) {
        pageInfo { hasNextPage endCursor }
        nodes { id headRefName isCrossRepository createdAt updatedAt closedAt }
      }
    }
  }
}`;

/** The newest open pull requests to a branch, with the paths that they change. */
export const OPEN_PULLS = `
query OpenPulls($repository: ID!, $into: String!, $most: Int!) {
  node(id: $repository) {
    ... on Repository {
      pullRequests(
        states: [OPEN], baseRefName: $into, first: $most, orderBy: { field: CREATED_AT, direction: DESC }
      ) {
        nodes {
          number headRefName isCrossRepository
          files(first: 100) { totalCount nodes { path changeType } }
        }
      }
    }
  }
}`;

/** A page of the branches below a prefix. How a name reads depends on the prefix asked for, so both come along. */
export const LIST_BRANCHES = `
query ListBranches($repository: ID!, $prefix: String!, $after: String) {
  node(id: $repository) {
    ... on Repository {
      refs(refPrefix: $prefix, first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { name prefix target { oid } associatedPullRequests(first: 1) { totalCount } }
      }
    }
  }
}`;

export const PULLS_BY_ID = `
query PullsById($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { ...Pull ...Traces } } }${PULL}${TRACES}`;

/** Who edited comments last, and when: null for one that nobody edited. */
export const COMMENT_EDITS = `
query CommentEdits($ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { id body lastEditedAt editor { login } } }
}`;

/** What reached the base branch since the pull request was opened, and the message of its head commit. */
export const LANDED = `
query Landed($repository: ID!, $number: Int!, $since: GitTimestamp!) {
  node(id: $repository) {
    ... on Repository {
      pullRequest(number: $number) {
        commits(last: 1) { nodes { commit { oid message } } }
        baseRef {
          target {
            ... on Commit {
              history(first: 100, since: $since) { nodes { oid message parents(first: 2) { nodes { oid } } } }
            }
          }
        }
      }
    }
  }
}`;

/** What was reported of a commit, and of one after it: the newest word of each sender. */
export const REPORTS = `
query Reports($repository: ID!, $commit: GitObjectID!, $after: GitObjectID!) {
  node(id: $repository) {
    ... on Repository {
      commit: object(oid: $commit) { ...Reported }
      after: object(oid: $after) { ...Reported }
    }
  }
}
fragment Reported on Commit {
  status { contexts { context state createdAt } }
  deployments(last: 100) { nodes { environment createdAt latestStatus { state createdAt } } }
}`;
