import type { Logger } from 'pino';
import { createDesk } from '../inbox/desk.ts';
import type { Store } from '../store/store.ts';
import { adminInboxRoute } from './admin-inbox.ts';
import type { Route } from './routes.ts';

/** What operators ask the running process for; nothing where no token is set. */
export function adminRoutes(
  token: string | undefined,
  store: Store,
  log: Logger,
): readonly Route[] {
  if (token === undefined) return [];
  const desk = createDesk(store, ({ id, lane, kind, why }, reason) =>
    log.warn({ item: id, lane, kind, why, reason }, 'item dropped'),
  );
  return [adminInboxRoute(desk, token)];
}
