import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { answer, answerAndClose, type Answer } from '../alerts/answer.ts';
import { readBody } from '../alerts/read-body.ts';
import { readJson } from '../alerts/read-json.ts';
import type { InboxDesk, Refusal } from '../inbox/desk.ts';
import {
  ADMIN_NOTHING,
  ADMIN_TOKEN,
  adminMethod,
  DROP_NEEDS_REASON,
  noSuchItem,
  notDead,
} from '../texts/inbox.ts';
import { SECOND } from '../time.ts';
import { carriesToken } from './bearer.ts';
import { plain } from './plain.ts';
import type { Route, Take } from './routes.ts';

/** Where `lastgood inbox` asks the process that has the inbox. */
export const ADMIN_INBOX = '/admin/inbox';

const reasonSchema = z.object({ reason: z.string().trim().min(1).max(500) });
const LARGEST_BODY = 4_096;

/**
 * `GET /admin/inbox`, `GET /admin/inbox/ID`, `POST /admin/inbox/replay`, `POST /admin/inbox/ID/replay` and
 * `POST /admin/inbox/ID/drop`, for those who have the token. Answers JSON.
 */
export function adminInboxRoute(desk: InboxDesk, token: string): Route {
  const take: Take = async (request, response) => {
    if (!carriesToken(request, token)) {
      const refusal = plain(401, ADMIN_TOKEN, { 'www-authenticate': 'Bearer' });
      answerAndClose(request, response, refusal);
      return true;
    }
    const reading = await readBody(request, LARGEST_BODY, 5 * SECOND);
    if (reading.kind === 'cut-off') return true;
    const body = reading.kind === 'read' ? reading.body : new Uint8Array();
    answer(request, response, await serve(desk, request, body));
    return true;
  };
  return { paths: [ADMIN_INBOX, `${ADMIN_INBOX}/`], take };
}

async function serve(
  desk: InboxDesk,
  { method = '', url = '' }: IncomingMessage,
  body: Uint8Array,
): Promise<Answer> {
  const rest = (url.split('?', 1)[0] ?? '').slice(ADMIN_INBOX.length);
  const match = /^(?:\/(\d{1,15}))?(?:\/(replay|drop))?$/.exec(rest);
  const [, named = '', verb] = match ?? [];
  if (!match || (verb === 'drop' && named === '')) return plain(404, ADMIN_NOTHING);
  const allowed = verb === undefined ? 'GET' : 'POST';
  if (method !== allowed) return plain(405, adminMethod(method, allowed), { allow: allowed });
  if (named === '') {
    return verb === undefined
      ? json(await desk.look())
      : json({ replayed: await desk.replayAll() });
  }
  const id = Number(named);
  if (verb === undefined) {
    const item = await desk.show(id);
    return item ? json(item) : plain(404, noSuchItem(id));
  }
  if (verb === 'replay') return told(id, await desk.replay(id));
  const read = readJson(body);
  const asked = reasonSchema.safeParse(read.ok ? read.value : undefined);
  if (!asked.success) return plain(400, DROP_NEEDS_REASON);
  return told(id, await desk.drop(id, asked.data.reason));
}

function told(id: number, outcome: 'done' | Refusal): Answer {
  if (outcome === 'done') return json({ done: true });
  return outcome === 'unknown' ? plain(404, noSuchItem(id)) : plain(409, notDead(id));
}

function json(value: unknown): Answer {
  return { status: 200, lines: [JSON.stringify(value)], json: value };
}
