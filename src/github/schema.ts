import { z } from 'zod';
import type { Account, PullRequest, Traces } from '../rollback/forge.ts';
import { isWithdrawn } from '../texts/withdrawn.ts';
import { isGivenUp } from '../texts/waited.ts';

const oid = z.object({ oid: z.string() });

const actor = z
  .object({
    __typename: z.string(),
    login: z.string(),
    databaseId: z.number().nullish(),
  })
  .nullable();

/** What shows which steps were done; asked for where a rollback is read back. */
const traces = z.object({
  closedAt: z.string().nullable(),
  mergedBy: z.object({ login: z.string() }).nullable(),
  headRef: z.object({ id: z.string() }).nullable(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() }).nullable()) }).nullable(),
  reviewRequests: z.object({ totalCount: z.number() }).nullable(),
  reviews: z.object({ totalCount: z.number() }).nullable(),
  comments: z.object({
    nodes: z.array(
      z
        .object({ viewerDidAuthor: z.boolean(), createdAt: z.string(), body: z.string() })
        .nullable(),
    ),
  }),
  timelineItems: z.object({
    nodes: z.array(z.object({ actor: z.object({ login: z.string() }).nullish() }).nullable()),
  }),
  mergeQueueEntry: z.object({ enqueuer: z.object({ login: z.string() }) }).nullable(),
  queueEvents: z.object({
    nodes: z.array(
      z
        .object({
          __typename: z.string(),
          createdAt: z.string(),
          reason: z.string().nullish(),
          actor: z.object({ login: z.string() }).nullish(),
        })
        .nullable(),
    ),
  }),
});

const pull = traces.partial().extend({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  title: z.string(),
  body: z.string(),
  createdAt: z.string(),
  mergedAt: z.string().nullable(),
  headRefName: z.string(),
  headRefOid: z.string(),
  isCrossRepository: z.boolean(),
  viewerDidAuthor: z.boolean(),
  author: actor,
  baseRefName: z.string(),
  baseRefOid: z.string(),
  baseRef: z.object({ target: oid.nullable() }).nullable(),
  mergeCommit: oid.nullable(),
  mergeable: z.enum(['MERGEABLE', 'CONFLICTING', 'UNKNOWN']),
  reviewDecision: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'REVIEW_REQUIRED']).nullable(),
});
export type PullAnswer = z.infer<typeof pull>;

const pulls = z.object({ nodes: z.array(pull.nullable()) });
const commit = z.object({
  oid: z.string(),
  signature: z.object({ isValid: z.boolean() }).nullish(),
});
const made = z.object({ commit: commit.nullable() });

export const proposeAnswer = z.object({
  createRef: z.object({ ref: z.object({ id: z.string() }).nullable() }).nullable(),
  createCommitOnBranch: made.nullable(),
  createPullRequest: z
    .object({
      pullRequest: pull.extend({ repository: z.object({ pullRequests: pulls }) }).nullable(),
    })
    .nullable(),
});

export const commitAnswer = z.object({ createCommitOnBranch: made.nullable() });

/** Where a branch stands, and files on it by `file0`, `file1`, … */
export const filesAnswer = z.object({
  node: z
    .object({ ref: z.object({ target: z.object({ oid: z.string() }).nullable() }).nullable() })
    .catchall(
      z
        .object({
          oid: z.string(),
          byteSize: z.number(),
          isTruncated: z.boolean(),
          text: z.string().nullable(),
        })
        .partial()
        .nullable(),
    ),
});

export const lookAnswer = z.object({
  node: z.object({
    ref: z.object({ id: z.string(), target: commit.nullable() }).nullable(),
    pullRequests: pulls,
  }),
});

export const pullAnswer = z.object({ node: z.object({ pullRequest: pull.nullable() }) });

export const listPullsAnswer = z.object({
  node: z.object({
    pullRequests: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(
        z
          .object({
            id: z.string(),
            headRefName: z.string(),
            isCrossRepository: z.boolean(),
            createdAt: z.string(),
            updatedAt: z.string(),
            closedAt: z.string().nullable(),
          })
          .nullable(),
      ),
    }),
  }),
});

export const openPullsAnswer = z.object({
  node: z.object({
    pullRequests: z.object({
      nodes: z.array(
        z
          .object({
            number: z.number(),
            headRefName: z.string(),
            isCrossRepository: z.boolean(),
            files: z
              .object({
                totalCount: z.number(),
                nodes: z.array(z.object({ path: z.string(), changeType: z.string() }).nullable()),
              })
              .nullable(),
          })
          .nullable(),
      ),
    }),
  }),
});

export const listBranchesAnswer = z.object({
  node: z.object({
    refs: z
      .object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(
          z
            .object({
              name: z.string(),
              prefix: z.string(),
              target: oid.nullable(),
              associatedPullRequests: z.object({ totalCount: z.number() }),
            })
            .nullable(),
        ),
      })
      .nullable(),
  }),
});

export const pullsByIdAnswer = z.object({ nodes: z.array(pull.nullable()) });

export const landedAnswer = z.object({
  node: z.object({
    pullRequest: z
      .object({
        commits: z.object({
          nodes: z.array(
            z.object({ commit: z.object({ oid: z.string(), message: z.string() }) }).nullable(),
          ),
        }),
        baseRef: z
          .object({
            target: z
              .object({
                history: z.object({
                  nodes: z.array(
                    z
                      .object({
                        oid: z.string(),
                        message: z.string(),
                        parents: z.object({ nodes: z.array(oid.nullable()) }),
                      })
                      .nullable(),
                  ),
                }),
              })
              .nullable(),
          })
          .nullable(),
      })
      .nullable(),
  }),
});

const STATES = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;
const MERGEABLE = { MERGEABLE: 'yes', CONFLICTING: 'conflict', UNKNOWN: 'unknown' } as const;
const DECISIONS = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  REVIEW_REQUIRED: 'review-required',
} as const;

/** GraphQL leaves the `[bot]` off a bot's login, REST does not (GitHub reality 26): one form, REST's. */
function toAccount(from: PullAnswer['author']): Account {
  if (from === null) return { id: 0, login: 'ghost', bot: false };
  const bot = from.__typename === 'Bot';
  const login = bot && !from.login.endsWith('[bot]') ? `${from.login}[bot]` : from.login;
  return { id: from.databaseId ?? 0, login, bot };
}

function toTraces(from: PullAnswer): Traces | undefined {
  const { data } = traces.safeParse(from);
  if (!data) return undefined;
  const { closedAt, comments, timelineItems } = data;
  const closer = data.mergedBy ?? timelineItems.nodes.at(-1)?.actor ?? undefined;
  const ended = closedAt === null ? undefined : Date.parse(closedAt);
  const isApp = (login: string | undefined) =>
    from.viewerDidAuthor && login !== undefined && login === from.author?.login;
  const queue = toQueueTraces(data, isApp);
  // A queue merges in its own name, or in that of whoever put it there.
  const merged = from.state === 'MERGED' && queue.byApp;
  return {
    queue,
    asked: (data.reviewRequests?.totalCount ?? 0) + (data.reviews?.totalCount ?? 0) > 0,
    branchStands: data.headRef !== null,
    labels: (data.labels?.nodes ?? []).flatMap((one) => (one === null ? [] : [one.name])),
    ...(ended !== undefined && { endedAt: ended }),
    endedByApp: merged || isApp(closer?.login),
    said: comments.nodes.some(
      (one) => one?.viewerDidAuthor && ended !== undefined && Date.parse(one.createdAt) >= ended,
    ),
    unanswered: comments.nodes.some((one) => one?.viewerDidAuthor && isGivenUp(one.body)),
  };
}

const REMOVED = 'RemovedFromMergeQueueEvent';

function toQueueTraces(
  { mergeQueueEntry: entry, queueEvents }: z.infer<typeof traces>,
  isApp: (login: string | undefined) => boolean,
): Traces['queue'] {
  const last = queueEvents.nodes.at(-1) ?? undefined;
  const byApp = isApp(last?.actor?.login);
  const takenOut = entry === null && last?.__typename === REMOVED && !byApp;
  return {
    waits: entry !== null,
    byApp: entry === null ? byApp : isApp(entry.enqueuer.login),
    ...(takenOut && { takenOut: { at: Date.parse(last.createdAt), why: last.reason ?? '' } }),
  };
}

export function toPullRequest(from: PullAnswer): PullRequest {
  const seen = toTraces(from);
  return {
    number: from.number,
    nodeId: from.id,
    url: from.url,
    state: STATES[from.state],
    title: from.title,
    body: from.body,
    author: toAccount(from.author),
    own: from.viewerDidAuthor,
    // What a person closed stays a no, whatever somebody writes into it afterwards.
    ...(from.viewerDidAuthor &&
      from.state === 'CLOSED' &&
      seen?.endedByApp !== false &&
      isWithdrawn(from.body) && { withdrawn: true as const }),
    // No branch name has a colon: what reads it takes it for no rollback's.
    branch: from.isCrossRepository ? `fork:${from.headRefName}` : from.headRefName,
    head: from.headRefOid,
    into: from.baseRefName,
    // `baseRefOid` is the base when the pull request last changed; the branch itself says what it is now.
    base: from.baseRef?.target?.oid ?? from.baseRefOid,
    createdAt: Date.parse(from.createdAt),
    ...(from.mergedAt !== null && { mergedAt: Date.parse(from.mergedAt) }),
    ...(from.mergeCommit !== null && { mergeCommit: from.mergeCommit.oid }),
    reviewDecision: from.reviewDecision === null ? 'none' : DECISIONS[from.reviewDecision],
    mergeable: MERGEABLE[from.mergeable],
    ...(seen && { traces: seen }),
  };
}

/** Without a field whether it was edited a comment is not vouched for: every one is needed. */
export const commentEditsAnswer = z.object({
  nodes: z.array(
    z
      .object({
        id: z.string(),
        body: z.string(),
        lastEditedAt: z.string().nullable(),
        editor: z.object({ login: z.string() }).nullable(),
      })
      .nullable(),
  ),
});

const reported = z
  .object({
    status: z
      .object({
        contexts: z.array(
          z.object({ context: z.string(), state: z.string(), createdAt: z.string() }),
        ),
      })
      .nullish(),
    deployments: z
      .object({
        nodes: z.array(
          z
            .object({
              environment: z.string().nullable(),
              createdAt: z.string(),
              latestStatus: z.object({ state: z.string(), createdAt: z.string() }).nullable(),
            })
            .nullable(),
        ),
      })
      .nullish(),
  })
  .nullable();

/** A commit that is not there, or an object that is none, has no reports. */
export const reportsAnswer = z.object({ node: z.object({ commit: reported, after: reported }) });
export type ReportedAnswer = z.infer<typeof reported>;
