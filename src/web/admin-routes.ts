import type { Logger } from 'pino';
import { createDesk } from '../inbox/desk.ts';
import { incidentIn } from '../inbox/incident-in.ts';
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
  const desk = createDesk(store, ({ id, lane, kind, payload, why }, reason) => {
    const incident = incidentIn(payload);
    const about = incident === undefined ? {} : { incident };
    log.warn({ item: id, lane, ...about, kind, why, reason }, 'item dropped');
  });
  return [adminInboxRoute(desk, token)];
}
