import type { Logger } from 'pino';
import { readRepositoryDispatch } from './alerts/repository-dispatch.ts';
import { hasCommands } from './commands/parse-comment.ts';
import { wordsOf, type SaidRef } from './commands/said.ts';
import type { Arrivals } from './inbox/arrivals.ts';
import { drillOf } from './drill/drill-branch.ts';
import { incidentOf } from './rollback/branch.ts';
import { STATE_BRANCH } from './state/view.ts';
import type { Clock } from './time.ts';
import type { Receiving } from './web/receive-webhooks.ts';

/** What the log says of deliveries that lead to nothing and may be meant to lead to something. */
const PASSED_OVER = 'a branch of a fork is called like a rollback: passed over';
const OF_A_BOT = 'a bot said what would be a command of a person: not heard';

/**
 * Which GitHub event goes to which use case. A handler is done when the event is on the disk: GitHub waits ten
 * seconds for an answer, and a rollback may take longer (GitHub reality 17).
 */
export function connectEvents(
  app: Pick<Receiving, 'on'>,
  arrivals: Arrivals,
  clock: Clock,
  installationsChanged: (delivery: string) => Promise<void>,
): void {
  app.on('push', async ({ payload }) => {
    const { repository, ref } = payload;
    // Nothing hangs on other branches: a rollback's own has pull_request events.
    const branch = [repository.default_branch, STATE_BRANCH].find(
      (name) => ref === `refs/heads/${name}`,
    );
    if (branch !== undefined) await arrivals.pushed(repository.id, branch);
  });

  app.on(
    [
      'pull_request.closed',
      'pull_request.synchronize',
      'pull_request.edited',
      'pull_request.ready_for_review',
      'pull_request.dequeued',
      'pull_request_review.submitted',
      'pull_request_review.dismissed',
    ],
    async ({ id, payload, log }) => {
      // A text that changed changes nothing else; mostly it was Lastgood that wrote it.
      if (payload.action === 'edited' && !('base' in payload.changes)) return;
      const { number, head } = payload.pull_request;
      if (!incidentOf(head.ref)) return;
      const { repository } = payload;
      if (head.repo && head.repo.id !== repository.id) {
        log.info({ delivery: id, repository: repository.full_name, number }, PASSED_OVER);
        return;
      }
      await arrivals.pullChanged(repository.id, head.ref);
    },
  );

  app.on(
    [
      'pull_request.opened',
      'pull_request.reopened',
      'pull_request.synchronize',
      'pull_request.edited',
      'pull_request.ready_for_review',
    ],
    async ({ payload }) => {
      const { repository, pull_request: pull } = payload;
      if (pull.base.ref !== repository.default_branch) return;
      // A title says nothing about what is shipped.
      const matters =
        payload.action !== 'edited' || 'base' in payload.changes || 'body' in payload.changes;
      // What Lastgood itself opens and writes has its state in its check.
      const ofLastgood = incidentOf(pull.head.ref) ?? drillOf(pull.head.ref);
      const own = payload.sender?.type === 'Bot' && ofLastgood !== undefined;
      if (matters && !own) await arrivals.judge(repository.id, pull.number);
    },
  );

  app.on('merge_group.checks_requested', async ({ payload }) => {
    const { head_sha: head, base_sha: base } = payload.merge_group;
    const { repository } = payload;
    if (repository) await arrivals.judgeGroup(repository.id, { head, base });
  });

  app.on('check_run.rerequested', async ({ payload }) => {
    const [pull] = payload.check_run.pull_requests;
    if (pull) await arrivals.judge(payload.repository.id, pull.number);
  });

  app.on('pull_request.reopened', async ({ id, payload }) => {
    const { number, head, updated_at: at } = payload.pull_request;
    if (!incidentOf(head.ref)) return;
    const pull = { number, branch: head.ref, at: Date.parse(at) };
    await arrivals.pullReopened(payload.repository.id, pull, id);
  });

  // Most comments are none of Lastgood's business, and bots command nothing.
  const hear = async (
    { id, log }: { readonly id: string; readonly log: Logger },
    repository: { readonly id: number; readonly full_name: string },
    {
      user,
      body,
    }: { readonly user: { readonly type?: string } | null; readonly body: string | null },
    at: SaidRef,
  ): Promise<void> => {
    if (!hasCommands(body ?? '')) return;
    const words = wordsOf(body ?? '');
    if (user?.type !== 'Bot') await arrivals.said(repository.id, { ...at, words }, id);
    else log.info({ delivery: id, repository: repository.full_name, ...at }, OF_A_BOT);
  };
  app.on('issue_comment.created', async (event) => {
    const { comment, issue, repository } = event.payload;
    const at = { said: 'comment', id: comment.id, number: issue.number } as const;
    await hear(event, repository, comment, at);
  });
  app.on('pull_request_review_comment.created', async (event) => {
    const { comment, pull_request: pull, repository } = event.payload;
    const at = { said: 'review-comment', id: comment.id, number: pull.number } as const;
    await hear(event, repository, comment, at);
  });
  app.on('pull_request_review.submitted', async (event) => {
    const { review, pull_request: pull, repository } = event.payload;
    const at = { said: 'review', id: review.id, number: pull.number } as const;
    await hear(event, repository, review, at);
  });

  // Of these there are many at a time: nothing holds their payload while they are stored.
  app.on('check_suite.completed', ({ payload }) =>
    arrivals.checksChanged(payload.repository.id, payload.check_suite.head_sha),
  );
  app.on('deployment_status', ({ payload }) =>
    arrivals.checksChanged(payload.repository.id, payload.deployment.sha),
  );
  app.on('status', ({ payload }) => arrivals.checksChanged(payload.repository.id, payload.sha));

  app.on('repository_dispatch', async ({ id, payload, log }) => {
    const dispatched = readRepositoryDispatch(payload, { now: clock(), delivery: id });
    if (dispatched.kind === 'refused') log.warn({ delivery: id }, dispatched.message);
    if (dispatched.kind === 'taken') await arrivals.alerted([dispatched.taken], id);
  });

  // Which repositories there are, and how they are called, is asked again rather than pieced together from deliveries that may be lost.
  app.on(['installation', 'installation_repositories', 'repository'], ({ id }) =>
    installationsChanged(id),
  );
}
