import type { Probot } from 'probot';
import { readRepositoryDispatch } from './alerts/repository-dispatch.ts';
import type { Lastgood } from './lastgood.ts';
import type { Clock } from './time.ts';

/**
 * Which GitHub event goes to which use case. Handlers return at once: GitHub waits ten seconds for an answer,
 * and a rollback may take longer (GitHub reality 17).
 */
export function connectEvents(
  app: Probot,
  lastgood: Lastgood,
  clock: Clock,
  installationsChanged: () => void,
): void {
  app.on('push', ({ payload }) => {
    void lastgood.pushed(payload.repository.id, payload.ref.replace(/^refs\/heads\//, ''));
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
    ({ payload }) => {
      // A text that changed changes nothing else; mostly it was Lastgood that wrote it.
      if (payload.action === 'edited' && !('base' in payload.changes)) return;
      void lastgood.pullChanged(payload.repository.id, payload.pull_request.head.ref);
    },
  );

  app.on('pull_request.reopened', ({ payload }) => {
    const { number, head, updated_at: at } = payload.pull_request;
    void lastgood.pullReopened(payload.repository.id, {
      number,
      branch: head.ref,
      at: Date.parse(at),
    });
  });

  app.on('check_suite.completed', ({ payload }) => {
    void lastgood.checksChanged(payload.repository.id, payload.check_suite.head_sha);
  });
  app.on('status', ({ payload }) => {
    void lastgood.checksChanged(payload.repository.id, payload.sha);
  });

  app.on('repository_dispatch', ({ id, payload, log }) => {
    const dispatched = readRepositoryDispatch(payload, { now: clock(), delivery: id });
    if (dispatched.kind === 'refused') log.warn({ delivery: id }, dispatched.message);
    if (dispatched.kind === 'taken') void lastgood.alerted([dispatched.taken]);
  });

  // Which repositories there are, and how they are called, is asked again rather than pieced together from deliveries that may be lost.
  app.on(['installation', 'installation_repositories', 'repository'], installationsChanged);
}
