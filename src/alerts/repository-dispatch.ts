import { z } from 'zod';
import { dispatchRefused } from '../texts/alerts.ts';
import type { AlertFor } from './alert.ts';
import { firstProblem, type FieldProblem } from './field-problem.ts';
import { readNormalForm } from './generic.ts';
import type { ReadContext } from './normalize.ts';

/** The `event_type` that makes a `repository_dispatch` event an alert. GitHub sends it as `action`. */
export const DISPATCH_EVENT_TYPE = 'lastgood-alert';

/** The name under which alerts of this way in stand; no configured source may have it. */
export const DISPATCH_SOURCE = 'repository_dispatch';

export type Dispatched =
  | { readonly kind: 'taken'; readonly taken: AlertFor }
  /** The event is for somebody else. */
  | { readonly kind: 'not-an-alert' }
  /** It was meant for Lastgood and cannot be used; GitHub shows the sender no answer, so this goes to the log. */
  | { readonly kind: 'refused'; readonly problem: FieldProblem; readonly message: string };

const eventSchema = z.object(
  {
    action: z.string({ error: 'the event_type of the dispatch' }),
    repository: z.object(
      { full_name: z.string({ error: 'a repository as "owner/name"' }) },
      { error: 'the repository of the event' },
    ),
    client_payload: z
      .record(z.string(), z.unknown(), { error: 'an object with the fields of an alert' })
      .nullish(),
    sender: z
      .object({ login: z.string(), id: z.number(), type: z.string() })
      .optional()
      .catch(undefined),
  },
  { error: "a repository_dispatch event as GitHub's webhook sends it" },
);

/**
 * Reads GitHub's `repository_dispatch` webhook. The payload is the normal form, or has it under `alert`, because
 * GitHub allows a payload ten top-level keys; what else stands beside it is somebody else's. Which repository it is about GitHub says, who has checked the sender's
 * access to it; a payload that names another one is refused.
 */
export function readRepositoryDispatch(
  event: unknown,
  context: Pick<ReadContext, 'now' | 'delivery'>,
): Dispatched {
  const refuse = (problem: FieldProblem): Dispatched => ({
    kind: 'refused',
    problem,
    message: dispatchRefused(problem),
  });
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return refuse(firstProblem(parsed.error, event));
  const { action, repository, client_payload: payload, sender } = parsed.data;
  if (action !== DISPATCH_EVENT_TYPE) return { kind: 'not-an-alert' };
  const nested = payload !== null && payload !== undefined && Object.hasOwn(payload, 'alert');
  const path = nested ? '$.client_payload.alert' : '$.client_payload';
  const read = readNormalForm(nested ? payload['alert'] : payload, path, {
    ...context,
    source: DISPATCH_SOURCE,
    format: 'repository_dispatch',
  });
  if (!read.ok) return refuse(read.problem);
  const { full_name: name } = repository;
  const named = read.alert.repository;
  if (named !== undefined && named.toLowerCase() !== name.toLowerCase()) {
    const expected = `nothing, or ${name} where the event was sent to`;
    return refuse({ path: `${path}.repository`, expected, found: JSON.stringify(named) });
  }
  // A workflow's own token, and an App's, are no person's.
  const sentBy = sender?.type === 'User' && { login: sender.login, id: sender.id };
  return {
    kind: 'taken',
    taken: {
      alert: { ...read.alert, repository: name, ...(sentBy && { sentBy }) },
      repository: name,
    },
  };
}
